// SPDX-License-Identifier: GPL-2.0-only
// An example of a program of your own: what does a longer report cost?
//
//   scripts/sim scratch/payload-cost.cc --stack=coaps --loss=0.2
//
// It takes every parameter of the simulation but --payload, runs one simulation a size, and prints
// the energy of a report. Copy it, change it: every *.cc in this folder is a program.

#include "iot-scenario/model/scenario.h"

#include <cstdio>
#include <iostream>

using namespace ns3;

namespace
{

/// Millijoule that all sensors spent in the window for one report that arrived in time.
double
EnergyPerReport(const RunResults& results)
{
    const double energy = results.GetEnergy().GetTotal();
    return results.reports.onTime ? energy * 1000 / results.reports.onTime : 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        ScenarioParameters parameters;
        parameters.nodes = 3;
        parameters.reports = 20;
        ParameterTable table("The energy of a report against its size.");
        parameters.AddTo(table);
        table.Parse(argc, argv);
        parameters.CheckTogether();

        std::printf("%8s %14s %18s\n", "bytes", "on time", "mJ per report");
        for (uint32_t payload : {8, 16, 32, 64, 96, 128, 256, 512})
        {
            parameters.payload = payload;
            Scenario scenario(parameters);
            RunResults results = scenario.Run();
            results.parameters = table.GetValues();
            scenario.Commit(results); // --json, --pcap and the like
            const double share = double(results.reports.onTime) / results.reports.generated;
            std::printf("%8u %13.1f%% %18.3f\n", payload, share * 100, EnergyPerReport(results));
        }
    }
    catch (const std::exception& error)
    {
        std::cerr << "payload-cost: " << error.what() << std::endl;
        return 1;
    }
    return 0;
}
