// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/emulated-role.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/event-id.h"

namespace ns3
{

/**
 * Simulated applications that meet real ones of this machine, in real time, over a TAP device.
 *
 * Needs the real-time simulator and real checksums: call Prepare() before anything else of ns-3.
 * Dates of certificates are judged by the wall clock. There are no attackers. The randomness of
 * keys and handshakes is that of the simulation, which anybody can repeat: nothing that is secured
 * here is safe.
 *
 * The simulation falls behind real time when events come faster than they can be handled; it goes
 * on, later than it should, and tells so.
 */
class Emulation
{
  public:
    /// Chooses the simulator; before any object of ns-3 is made.
    static void Prepare();

    /**
     * \param parameters,stream outlive the emulation
     * \throw ParameterError, std::runtime_error with one line for what cannot be done
     */
    Emulation(const EmulationParameters& parameters, std::ostream& stream);
    ~Emulation();
    Emulation(const Emulation&) = delete;
    Emulation& operator=(const Emulation&) = delete;

    /**
     * Runs until a signal, the end of its duration or of the role's work.
     * \throw std::runtime_error when a capture cannot be written
     */
    void Run();

  private:
    TypeId InstallSecurity();
    void SetCredentials(Ptr<TlsSocketFactory> factory, const std::string& keyLog) const;
    void CheckCredentials(Ptr<TlsSocketFactory> factory) const;
    void PrintTitle();
    void HandlePacket(Ptr<const Packet> packet);
    void HandleHandshakeFailed(const tls::HandshakeFailed& failed, const Address& peer);
    void Shutdown();

    const EmulationParameters& m_parameters;
    std::ostream& m_stream;
    EmulationLog m_log;
    EmulationNetwork m_network;
    PendingFiles m_files;
    std::unique_ptr<EmulatedRole> m_role;
    bool m_ending{false};
    Time m_behind; ///< real time, at most
    Time m_told;   ///< what of it was told
};

} // namespace ns3
