// SPDX-License-Identifier: GPL-2.0-only
// Simulated applications that meet real ones: an MQTT broker that mosquitto_pub can talk to, or
// sensors that publish to a Mosquitto of this machine, in real time. `scripts/emulate` runs it.
//
//   emulate --role=mqtt-broker --tap=iot0 --address=10.77.0.2/24

#include "iot-scenario/model/emulation.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    try
    {
        EmulationParameters parameters;
        ParameterTable table(
            "A simulated MQTT broker or simulated sensors in real time on a TAP device of this\n"
            "machine, for real clients and brokers. It does not protect anything: keys and\n"
            "handshakes can be repeated from the seed (--RngRun). A machine of 2 cores carries "
            "some\n"
            "20000 messages of 64 bytes a second at QoS 0 and 6000 at QoS 1, with "
            "--behind=nothing;\n"
            "beyond that it falls behind real time, and says so.");
        parameters.AddTo(table);
        std::vector<std::string> words = EmulationParameters::Translate(argc, argv);
        std::vector<char*> arguments;
        for (std::string& word : words)
        {
            arguments.push_back(word.data());
        }
        table.Parse(static_cast<int>(arguments.size()), arguments.data());
        parameters.CheckTogether();

        Emulation::Prepare();
        Emulation(parameters, std::cout).Run();
    }
    catch (const std::exception& error)
    {
        std::cerr << "emulate: " << error.what() << std::endl;
        return 1;
    }
    return 0;
}
