# How a module, its tests and its programs become targets.

set(IOT_WARNINGS -Wall -Wextra -Wpedantic -Wno-unused-parameter) # ns-3's signatures bring unused ones

if(IOT_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=address,undefined)
endif()

# A library reached only by TypeId must stay linked, and a dependency that is not declared must not link.
add_link_options(-Wl,--no-as-needed)
set(IOT_LINK_STRICT -Wl,-z,defs)
if(IOT_SANITIZE)
  set(IOT_LINK_STRICT "") # the sanitizer runtime is resolved at load time
endif()

# What a fuzz target links tells libFuzzer which code its input has reached, and finds faults.
option(IOT_FUZZ "Build the libFuzzer programs (clang)" OFF)
if(IOT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "IOT_FUZZ needs CMAKE_CXX_COMPILER=clang++, not ${CMAKE_CXX_COMPILER_ID}")
  endif()
  set(fuzz_options -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  add_compile_options(${fuzz_options} -g)
  add_link_options(${fuzz_options})
  set(IOT_LINK_STRICT "")
endif()

function(_iot_library target)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${target} SHARED ${arg_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${IOT_WARNINGS})
  target_link_options(${target} PRIVATE ${IOT_LINK_STRICT})
  target_link_libraries(${target} PUBLIC ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME iot-${target})
endfunction()

# iot_protocol_library(MODULE SOURCES ... [LINK ...] [PRIVATE_LINK ...]): the target MODULE-protocol.
# Nothing of ns-3 may be reached from it; a test checks the includes, this checks the link line.
function(iot_protocol_library module)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  foreach(library IN LISTS arg_LINK arg_PRIVATE_LINK)
    if(library MATCHES "ns3|-model$")
      message(FATAL_ERROR "${module}-protocol must not link ${library}")
    endif()
  endforeach()
  _iot_library(${module}-protocol ${ARGN})
endfunction()

# iot_model_library(MODULE SOURCES ... [LINK ...] [PRIVATE_LINK ...]): the target MODULE-model; name
# the ns-3 libraries it needs in LINK as ns3-core, ns3-network ...
function(iot_model_library module)
  _iot_library(${module}-model ${ARGN})
  target_compile_definitions(${module}-model PUBLIC NS3_LOG_ENABLE) # as in Debian's libraries' debug log
endfunction()

# iot_test(NAME SOURCES ... [LINK ...]): a GoogleTest program whose cases become tests of ctest.
# What is tested is optimised as ever; the cases themselves only as far as it does not take a third of
# the time of a build.
function(iot_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${name} PRIVATE ${IOT_WARNINGS} $<$<NOT:$<CONFIG:Debug>>:-O1>)
  target_compile_definitions(${name} PRIVATE IOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest_main GTest::gmock)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()

# iot_program(NAME SOURCES ... [LINK ...]): an example, scratch program or benchmark.
function(iot_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE ${IOT_WARNINGS})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
endfunction()

# iot_fuzz_target(NAME SOURCES ... [LINK ...]): a libFuzzer program, with IOT_FUZZ; else nothing.
function(iot_fuzz_target name)
  if(IOT_FUZZ)
    iot_program(${name} ${ARGN})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

# iot_fuzz_seeds(NAME SOURCES ... [LINK ...]): the program that writes the corpus of such targets,
# with IOT_FUZZ; else nothing.
function(iot_fuzz_seeds name)
  if(IOT_FUZZ)
    iot_program(${name} ${ARGN})
    target_compile_definitions(${name} PRIVATE IOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
endfunction()

# One name for an ns-3 library whatever the version calls its target (ns3::libcore, ns3::core).
function(iot_name_ns3_libraries)
  foreach(library core network internet applications lr-wpan sixlowpan spectrum propagation mobility
                  point-to-point fd-net-device bridge stats traffic-control energy csma)
    add_library(ns3-${library} INTERFACE IMPORTED GLOBAL)
    if(TARGET ns3::lib${library})
      target_link_libraries(ns3-${library} INTERFACE ns3::lib${library})
    elseif(TARGET ns3::${library})
      target_link_libraries(ns3-${library} INTERFACE ns3::${library})
    endif()
  endforeach()
endfunction()

function(iot_add_modules)
  iot_name_ns3_libraries()
  foreach(module IN LISTS ARGN)
    if((NOT IOT_MODULES OR module IN_LIST IOT_MODULES) AND EXISTS ${PROJECT_SOURCE_DIR}/src/${module}/CMakeLists.txt)
      add_subdirectory(src/${module})
    endif()
  endforeach()
endfunction()
