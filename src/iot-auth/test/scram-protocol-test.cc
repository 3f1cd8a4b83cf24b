// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/base64.h"
#include "iot-auth/protocol/scram.h"
#include "iot-auth/test/auth-test.h"

namespace
{

using namespace auth;
using Status = ScramServer::Status;

/// The example of RFC 7677 section 3.
const std::string CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
const std::string SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const std::string CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const std::string SERVER_FIRST = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                 "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string CLIENT_FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                 "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const std::string SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

class ScramTest : public AuthTest
{
  protected:
    ScramTest()
    {
        EXPECT_TRUE(m_users.Set("user", "pencil", *ReadBase64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096));
    }

    /// How far a client gets.
    ScramServer::Step Try(const std::string& user, const std::string& password)
    {
        ScramClient client(user, password);
        ScramServer server(m_users, SERVER_NONCE);
        ScramServer::Step step = server.Continue(client.Begin(CLIENT_NONCE));
        auto answer = client.Continue(step.message);
        return answer ? server.Continue(*answer) : ScramServer::Step{};
    }

    ScramUsers m_users{random};
};

TEST_F(ScramTest, VectorOfTheStandard)
{
    ScramClient client("user", "pencil");
    ScramServer server(m_users, SERVER_NONCE);
    EXPECT_EQ(client.Begin(CLIENT_NONCE), CLIENT_FIRST);
    ScramServer::Step asked = server.Continue(CLIENT_FIRST);
    EXPECT_EQ(asked.status, Status::Continue);
    EXPECT_EQ(asked.message, SERVER_FIRST);
    EXPECT_EQ(client.Continue(SERVER_FIRST), CLIENT_FINAL);
    EXPECT_FALSE(client.Finish(""));
    ScramServer::Step proved = server.Continue(CLIENT_FINAL);
    EXPECT_EQ(proved.status, Status::Success);
    EXPECT_EQ(proved.message, SERVER_FINAL);
    EXPECT_EQ(server.GetUser(), "user");
    EXPECT_TRUE(client.Finish(SERVER_FINAL));
    EXPECT_EQ(server.Continue(CLIENT_FINAL).status, Status::Failure); // once
}

TEST_F(ScramTest, AnyCharacterChangedIsRefused)
{
    for (size_t at = 0; at < CLIENT_FINAL.size(); at++)
    {
        std::string wrong = CLIENT_FINAL;
        wrong[at] = wrong[at] == 'x' ? 'y' : 'x';
        ScramServer server(m_users, SERVER_NONCE);
        server.Continue(CLIENT_FIRST);
        EXPECT_EQ(server.Continue(wrong).status, Status::Failure) << wrong;
    }
    for (size_t at = 0; at < SERVER_FINAL.size(); at++)
    {
        std::string wrong = SERVER_FINAL;
        wrong[at] = wrong[at] == 'x' ? 'y' : 'x';
        ScramClient client("user", "pencil");
        client.Begin(CLIENT_NONCE);
        client.Continue(SERVER_FIRST);
        EXPECT_FALSE(client.Finish(wrong)) << wrong;
    }
}

TEST_F(ScramTest, WrongPasswordsAndUnknownUsersLookTheSame)
{
    EXPECT_EQ(Try("user", "pencil").status, Status::Success);
    ScramServer::Step wrong = Try("user", "pen");
    ScramServer::Step unknown = Try("nobody", "pencil");
    EXPECT_EQ(wrong.status, Status::Failure);
    EXPECT_EQ(unknown.status, Status::Failure);
    EXPECT_EQ(wrong.detail, unknown.detail);
    EXPECT_EQ(m_users.Find("nobody").credential.salt, m_users.Find("nobody").credential.salt);
    EXPECT_NE(m_users.Find("nobody").credential.salt, m_users.Find("else").credential.salt);
    EXPECT_EQ(m_users.Find("nobody").credential.salt.size(), ScramUsers::SALT_SIZE);
}

TEST_F(ScramTest, NamesWithCommaAndEqualsSign)
{
    EXPECT_TRUE(m_users.Set("a,b=c", "p,w=d"));
    EXPECT_EQ(Try("a,b=c", "p,w=d").status, Status::Success);
    EXPECT_EQ(ScramClient("a,b=c", "p").Begin("x"), "n,,n=a=2Cb=3Dc,r=x");
    EXPECT_FALSE(m_users.Set("caf\xc3\xa9", "p"));
    EXPECT_FALSE(m_users.Set("", "p"));
    EXPECT_FALSE(m_users.Set("u", ""));
    EXPECT_FALSE(m_users.Set("u", "p", 4095));
    EXPECT_FALSE(m_users.Set(std::string(257, 'u'), "p"));
}

TEST_F(ScramTest, MalformedMessagesAreRefused)
{
    for (const char* first : {"",
                              "n,,",
                              "p=tls-unique,,n=user,r=x", // channel binding
                              "n,a=other,n=user,r=x",     // another identity
                              "n,,r=x,n=user",
                              "n,,n=user",
                              "n,,n=,r=x",
                              "n,,n=us=er,r=x",
                              "n,,n=user,r=",
                              "n,,n=us\x01r,r=x"})
    {
        ScramServer server(m_users, SERVER_NONCE);
        EXPECT_EQ(server.Continue(first).status, Status::Failure) << first;
    }
    const std::string nonce = "r=" + CLIENT_NONCE;
    for (const std::string& first : {std::string(),
                                     std::string("r=other,s=AAAA,i=4096"),
                                     nonce + ",s=AAAA,i=4096", // nothing of the server
                                     nonce + "x,s=A,i=4096",
                                     nonce + "x,s=AAAA,i=4095",
                                     nonce + "x,s=AAAA,i=1000001",
                                     nonce + "x,s=AAAA,i=4096x",
                                     nonce + "x,s=AAAA",
                                     nonce + "x"})
    {
        ScramClient client("user", "pencil");
        client.Begin(CLIENT_NONCE);
        EXPECT_FALSE(client.Continue(first)) << first;
    }
}

TEST_F(ScramTest, NoncesDiffer)
{
    std::string one = MakeScramNonce(random);
    EXPECT_EQ(one.size(), 24u);
    EXPECT_NE(one, MakeScramNonce(random));
}

} // namespace
