// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/raw-stack.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

namespace ns3
{

namespace
{

constexpr uint16_t PORT = 7000;   // beside the ports of the protocols
constexpr size_t LENGTH_SIZE = 2; // before a report in a stream, where sizes differ

} // namespace

/// The sending end: a connected socket of either kind.
class RawStack::Link
{
  public:
    /// \param ready called once, when the socket is connected
    Link(Ptr<Node> node,
         TypeId factory,
         bool stream,
         const Address& to,
         std::function<void(bool)> ready)
        : m_to(ToPeerAddress(to)),
          m_ready(std::move(ready))
    {
        Ptr<Socket> socket = Socket::CreateSocket(node, factory);
        socket->Bind6();
        socket->SetConnectCallback(MakeCallback(&Link::HandleConnected, this),
                                   MakeCallback(&Link::HandleFailed, this));
        if (stream)
        {
            m_stream = std::make_unique<StreamPort>(
                socket,
                [](sansio::ByteView) {},
                [] {});
        }
        else
        {
            m_datagram =
                std::make_unique<DatagramPort>(socket, [](const Address&, sansio::ByteView) {});
        }
        socket->Connect(to);
    }

    bool Send(const sansio::SpannedBytes& bytes)
    {
        if (!m_connected)
        {
            return false;
        }
        if (m_stream)
        {
            m_stream->Send(bytes);
            return true;
        }
        return m_datagram->SendTo(m_to, bytes);
    }

  private:
    void HandleConnected(Ptr<Socket>)
    {
        m_connected = true;
        m_ready(true);
    }

    void HandleFailed(Ptr<Socket>)
    {
        m_ready(false);
    }

    sansio::PeerAddress m_to;
    std::function<void(bool)> m_ready;
    std::unique_ptr<StreamPort> m_stream;
    std::unique_ptr<DatagramPort> m_datagram;
    bool m_connected{false};
};

/// The receiving end: a port to which many senders connect.
class RawStack::Inlet
{
  public:
    /// \param size of each report; none: its length comes first \param received called with each
    Inlet(Ptr<Node> node,
          TypeId factory,
          bool stream,
          std::optional<size_t> size,
          std::function<void(sansio::ByteView)> received)
        : m_size(size),
          m_received(std::move(received)),
          m_socket(Socket::CreateSocket(node, factory))
    {
        m_socket->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), PORT));
        if (stream)
        {
            m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                        MakeCallback(&Inlet::HandleAccepted, this));
            m_socket->Listen();
        }
        else
        {
            m_datagram = std::make_unique<DatagramPort>(
                m_socket,
                [this](const Address&, sansio::ByteView bytes) { m_received(bytes); });
        }
    }

  private:
    struct Connection
    {
        std::unique_ptr<StreamPort> port;
        sansio::Bytes incomplete;
    };

    void HandleAccepted(Ptr<Socket> socket, const Address&)
    {
        m_connections.push_back(std::make_unique<Connection>());
        Connection& connection = *m_connections.back();
        connection.port = std::make_unique<StreamPort>(
            socket,
            [this, &connection](sansio::ByteView bytes) { Cut(connection, bytes); },
            [&connection] { connection.port->Close(); });
        connection.port->ReadAvailable();
    }

    void Cut(Connection& connection, sansio::ByteView bytes)
    {
        sansio::Bytes& buffer = connection.incomplete;
        buffer.insert(buffer.end(), bytes.begin(), bytes.end());
        const size_t header = m_size ? 0 : LENGTH_SIZE;
        size_t taken = 0;
        while (buffer.size() - taken >= header)
        {
            const sansio::ByteView rest = sansio::ByteView(buffer).From(taken);
            const size_t size = m_size ? *m_size : rest[0] << 8 | rest[1];
            if (rest.size() < header + size)
            {
                break;
            }
            m_received(rest.From(header).First(size));
            taken += header + size;
        }
        buffer.erase(buffer.begin(), buffer.begin() + taken);
    }

    std::optional<size_t> m_size;
    std::function<void(sansio::ByteView)> m_received;
    Ptr<Socket> m_socket;
    std::unique_ptr<DatagramPort> m_datagram;
    std::vector<std::unique_ptr<Connection>> m_connections;
};

RawStack::RawStack(const ScenarioParameters& parameters,
                   TypeId factory,
                   const StackObserver& observer)
    : m_parameters(parameters),
      m_factory(factory),
      m_observer(observer),
      m_codec(parameters.MakePayloadCodec())
{
}

RawStack::~RawStack() = default;

void
RawStack::Install(const Places& places, const std::vector<Time>& starts)
{
    const bool stream = m_parameters.GetStack().stream;
    const std::optional<size_t> size = m_codec.GetSize();
    m_sensors.resize(places.sensors.GetN());

    Simulator::Schedule(Seconds(0), [=] {
        m_collector = std::make_unique<Inlet>(places.collectors.Get(0),
                                              m_factory,
                                              stream,
                                              size,
                                              [this](sansio::ByteView bytes) {
                                                  if (auto report = m_codec.Decode(bytes))
                                                  {
                                                      m_observer.collected(0, report->GetId());
                                                  }
                                              });
        m_host = std::make_unique<Inlet>(places.host,
                                         GetListenerFactory(m_factory),
                                         stream,
                                         size,
                                         [this](sansio::ByteView bytes) {
                                             if (auto report = m_codec.Decode(bytes))
                                             {
                                                 m_observer.served(report->GetId());
                                                 m_forward->Send(Frame(bytes, report->GetId()));
                                             }
                                         });
        m_forward =
            std::make_unique<Link>(places.host,
                                   m_factory,
                                   stream,
                                   Inet6SocketAddress(places.collectorAddresses.front(), PORT),
                                   [](bool) {});
    });
    for (uint32_t sensor = 0; sensor < places.sensors.GetN(); sensor++)
    {
        Simulator::Schedule(starts[sensor], [=] {
            m_sensors[sensor] =
                std::make_unique<Link>(places.sensors.Get(sensor),
                                       m_factory,
                                       stream,
                                       Inet6SocketAddress(places.hostAddress, PORT),
                                       [this, sensor](bool success) {
                                           (success ? m_observer.ready : m_observer.broken)(sensor);
                                       });
        });
    }
}

sansio::SpannedBytes
RawStack::Frame(sansio::ByteView payload, uint64_t report) const
{
    sansio::SpannedBytes bytes;
    if (m_parameters.GetStack().stream && !m_codec.GetSize())
    {
        const uint8_t length[LENGTH_SIZE] = {static_cast<uint8_t>(payload.size() >> 8),
                                             static_cast<uint8_t>(payload.size())};
        bytes.Append({length, LENGTH_SIZE}, {sansio::Layer::Application, false, report});
    }
    bytes.Append(payload, {sansio::Layer::Payload, false, report});
    return bytes;
}

void
RawStack::Send(const Report& report)
{
    const sansio::SpannedBytes bytes = Frame(m_codec.Encode(report), report.GetId());
    if (!m_sensors[report.sensor] || !m_sensors[report.sensor]->Send(bytes))
    {
        m_observer.refused(report.GetId());
    }
}

int64_t
RawStack::AssignStreams(int64_t)
{
    return 0;
}

} // namespace ns3
