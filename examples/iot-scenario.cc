// SPDX-License-Identifier: GPL-2.0-only
// One run of the comparison: sensors on a lossy 802.15.4 link report to a host over one of the
// stacks, and the record tells latency, energy, retransmissions and bytes. `scripts/sim` runs it.
//
//   iot-scenario --stack=coaps --loss=0.2 --RngRun=3 --json=run.json

#include "iot-scenario/model/scenario.h"

#include "ns3/boolean.h"
#include "ns3/global-value.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    try
    {
        ScenarioParameters parameters;
        ParameterTable table(
            "Reports of sensors on a lossy 802.15.4/6LoWPAN link, carried by one of the stacks.\n"
            "Without --json a summary is printed.");
        parameters.AddTo(table);
        bool check = false;
        table.AddCheck(check);
        table.Parse(argc, argv);
        parameters.CheckTogether();

        // Real checksums, so that Wireshark finds nothing to complain about in the captures.
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

        Scenario scenario(parameters);
        if (check)
        {
            return 0;
        }
        RunResults results = scenario.Run();
        results.parameters = table.GetValues();
        scenario.Commit(results);
        if (parameters.json.empty())
        {
            WriteSummary(results, std::cout);
            if (!std::cout.flush())
            {
                throw std::runtime_error("standard output: could not be written");
            }
        }
    }
    catch (const std::exception& error)
    {
        std::cerr << "iot-scenario: " << error.what() << std::endl;
        return 1;
    }
    return 0;
}
