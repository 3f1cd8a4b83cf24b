// SPDX-License-Identifier: GPL-2.0-only
#include "auth-test.h"
#include "iot-auth/protocol/provisioning.h"

namespace auth
{

namespace
{

using crypto::SignatureAlgorithm;

class ProvisioningTest : public AuthTest
{
  protected:
    CreateRequest request{"s01",
                          SignatureAlgorithm::Es256,
                          GetKey(SignatureAlgorithm::Es256).publicKey,
                          ""};
    DeviceRegistry registry;
};

TEST_F(ProvisioningTest, CreatesADeviceOnce)
{
    std::string line = WriteMessage(request);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    CreateAnswer answer = HandleRequest(line, registry, "");
    EXPECT_TRUE(answer.IsCreated());
    EXPECT_EQ(WriteMessage(answer), "{\"result\":\"created\",\"name\":\"s01\"}\n");
    EXPECT_EQ(registry.Find("s01")->keys[0], request.key);
    EXPECT_EQ(HandleRequest(line, registry, "").result, "exists");
}

TEST_F(ProvisioningTest, SaysWhyNot)
{
    request.key = GetKey(SignatureAlgorithm::Rs256).publicKey;
    EXPECT_EQ(HandleRequest(WriteMessage(request), registry, "").result, "bad key");
    request.name = "s/01";
    EXPECT_EQ(HandleRequest(WriteMessage(request), registry, "").result, "bad name");
    for (const char* line :
         {"", "{}", "[1]", "{\"create\":7}", "{\"create\":{\"name\":\"s01\"}}", "\xff"})
    {
        EXPECT_EQ(HandleRequest(line, registry, "").result, "bad request") << line;
    }
    EXPECT_TRUE(registry.GetDevices().empty());
}

TEST_F(ProvisioningTest, AsksForTheApiKey)
{
    EXPECT_EQ(HandleRequest(WriteMessage(request), registry, "k").result, "not authorized");
    request.apiKey = "K";
    EXPECT_EQ(HandleRequest(WriteMessage(request), registry, "k").result, "not authorized");
    request.apiKey = "k";
    EXPECT_EQ(HandleRequest(WriteMessage(request), registry, "k").result, "created");
}

TEST_F(ProvisioningTest, AnswersAreReadBack)
{
    auto answer = ReadAnswer("{\"result\":\"exists\",\"name\":\"s01\"}");
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->IsCreated());
    EXPECT_EQ(answer->name, "s01");
    for (const char* line : {"", "{}", "created", "{\"result\":1}"})
    {
        EXPECT_FALSE(ReadAnswer(line)) << line;
    }
}

TEST_F(ProvisioningTest, LinesAreFoundWhereverTheStreamIsCut)
{
    const std::string text = "one\ntwo\n";
    for (size_t cut = 0; cut <= text.size(); cut++)
    {
        LineReader reader(3);
        EXPECT_TRUE(reader.Add(sansio::ByteView(std::string_view(text).substr(0, cut))));
        std::string lines;
        for (size_t part = 0; part < 2; part++)
        {
            while (auto line = reader.Next())
            {
                lines += *line + "|";
            }
            if (part == 0)
            {
                EXPECT_TRUE(reader.Add(sansio::ByteView(std::string_view(text).substr(cut))));
            }
        }
        EXPECT_EQ(lines, "one|two|") << cut;
    }
    LineReader reader(3);
    EXPECT_FALSE(reader.Add(sansio::ByteView(std::string_view("four"))));
}

} // namespace

} // namespace auth
