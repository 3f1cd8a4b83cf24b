// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/spanned-bytes.h"
#include "tls/protocol/fifo.h"

#include "ns3/event-id.h"
#include "ns3/packet.h"
#include "ns3/socket.h"

namespace ns3
{

/**
 * The TCP connection under a TlsSocket: keeps what TCP does not take yet, tells how much plaintext
 * it has sent, opens its window again, ends with a FIN of its own, and remembers how it ended.
 */
class StreamTransport
{
  public:
    /// Who is told what happens.
    class Observer
    {
      public:
        virtual ~Observer() = default;
        virtual void HandleTransportConnected() = 0;
        virtual void HandleTransportReadable() = 0;
        virtual void HandleTransportSendable() = 0;
        virtual void HandleTransportSent(uint32_t plaintext) = 0;
        virtual void HandleTransportEnded() = 0; ///< in one direction or both; see HasFailed()
    };

    explicit StreamTransport(Observer& observer);
    ~StreamTransport();
    StreamTransport(const StreamTransport&) = delete;
    StreamTransport& operator=(const StreamTransport&) = delete;

    /// Takes over the callbacks of a socket that is connected or about to connect.
    void Attach(Ptr<Socket> socket);

    /// Sends bytes behind those that wait; \p plaintext is how much of the application is in them.
    void Send(const sansio::SpannedBytes& bytes, uint32_t plaintext);

    /// Gives TCP what it takes.
    void Flush();

    /// Bytes have arrived that have not been read.
    bool IsReadable() const
    {
        return m_socket && m_socket->GetRxAvailable() > 0;
    }

    /// All bytes that have arrived; null: none.
    Ptr<Packet> Read();

    /// Closes TCP behind what it has taken; what waits is dropped.
    void Close();

    /// The connection counts as ended by an error from now on.
    void MarkFailed()
    {
        m_failed = true;
    }

    /// Bytes that TCP has not taken yet.
    uint32_t GetWaiting() const
    {
        return m_waitingBytes;
    }

    bool HasEnded() const
    {
        return m_ended;
    }

    bool HasFailed() const
    {
        return m_failed;
    }

    /// We have closed it.
    bool IsClosed() const
    {
        return m_closed;
    }

  private:
    void HandleConnected(Ptr<Socket> socket);
    void HandleReadable(Ptr<Socket> socket);
    void HandleSendable(Ptr<Socket> socket, uint32_t available);
    void HandleSent(Ptr<Socket> socket, uint32_t count);
    void HandleClosed(Ptr<Socket> socket);
    void HandleError(Ptr<Socket> socket);
    void UpdateWindow(uint32_t read);
    void CloseWhenSent();
    void Drop();

    /// Where a piece of plaintext ends in the stream that TCP carries.
    struct SentMark
    {
        uint64_t end;
        uint32_t plaintext;
    };

    Observer& m_observer;
    Ptr<Socket> m_socket;
    tls::Fifo<Ptr<Packet>> m_waiting;
    uint32_t m_waitingBytes{0};
    tls::Fifo<SentMark> m_sentMarks;
    uint64_t m_streamEnd{0};  ///< bytes given to m_waiting, but for those dropped
    uint64_t m_streamSent{0}; ///< bytes TCP reported as sent
    uint32_t m_buffer{0};     ///< RcvBufSize of the socket, looked up once
    bool m_ended{false};
    bool m_failed{false};
    bool m_closed{false};
    bool m_socketClosed{false}; ///< TCP knows it too
    EventId m_close;
};

} // namespace ns3
