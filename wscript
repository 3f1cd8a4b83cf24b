# The waf entry of ns-3.35: link each src/<module> into the src/ or contrib/ of an ns-3.35 tree (see README.md,
# "Inside an ns-3 tree"); each module's wscript describes itself. This one serves a checkout that was
# linked as a whole, as contrib/iot.

MODULES = ["sans-io", "crypto", "iot-device", "tls", "mqtt", "coap"]


def options(opt):
    pass


def configure(conf):
    conf.recurse(["src/" + module for module in MODULES], mandatory=False)


def build(bld):
    bld.recurse(["src/" + module for module in MODULES])
