// SPDX-License-Identifier: GPL-2.0-only
// Memory of the simulation: what one more sensor with its TLS session costs, and what there is
// without sensors. Each size runs in a process of its own. Prints JSON lines for scripts/bench.

#include "iot-scenario/model/scenario.h"
#include "words.h"

#include <iostream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;

namespace
{

/// The largest resident set of a run with so many sensors, in bytes.
double
MeasurePeak(const std::string& stack, uint32_t nodes)
{
    pid_t child = fork();
    if (child == 0)
    {
        ScenarioParameters parameters;
        parameters.stack = stack;
        parameters.nodes = nodes;
        parameters.reports = 6;
        Scenario scenario(parameters);
        RunResults results = scenario.Run();
        _exit(results.reports.delivered > 0 ? 0 : 1);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (status != 0)
    {
        std::cerr << "bench-memory: the run with " << nodes << " sensors failed" << std::endl;
        std::exit(1);
    }
    return usage.ru_maxrss * 1024.0;
}

} // namespace

int
main(int argc, char* argv[])
{
    bench::ReadWords(argc, argv);
    constexpr uint32_t FEW = 10;
    constexpr uint32_t MANY = 110;
    for (const char* stack : {"mqtt", "mqtts", "coap", "coaps"})
    {
        const double few = MeasurePeak(stack, FEW);
        const double many = MeasurePeak(stack, MANY);
        const double perSensor = (many - few) / (MANY - FEW);
        constexpr double LIMIT_PER_SENSOR = 150e3;
        std::cout << "{\"name\": \"memory of a sensor, " << stack
                  << "\", \"baseline\": \"150 kB\", \"ratio\": " << perSensor / LIMIT_PER_SENSOR
                  << ", \"limit\": 1, \"bytes_per_sensor\": " << perSensor
                  << ", \"base_bytes\": " << few - FEW * perSensor << "}" << std::endl;
    }
    return 0;
}
