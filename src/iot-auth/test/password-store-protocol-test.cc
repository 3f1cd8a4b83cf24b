// SPDX-License-Identifier: GPL-2.0-only
#include "auth-test.h"
#include "iot-auth/protocol/base64.h"
#include "iot-auth/protocol/password-store.h"

#include <gmock/gmock.h>

namespace auth
{

namespace
{

using sansio::OperationKind;
using testing::HasSubstr;

/// What mosquitto_passwd of Mosquitto 2.0.11 has made of "secret" and "pässword".
const std::string S01 = "s01:$7$101$MKEvSwti9iU95RX+$LhK2u6zHngpn+5NGpVdgIE"
                        "+Ax/ZNvdJSvRldRIWgSClrtxI5xY2RbApVp0xlCpbebK8LG1XLq09uE19hLqsskw==";
const std::string S02 = "s02:$7$1000$lUsaAl4SaUeKy3jv$3T0ligJ7uu4Vffi9LyGHN"
                        "ejL2+ShLQF7lxrtT5D/77HzLNuZdrBDYl/xE3CobzmqafXD+q+TMnGeot+FxHlGxw==";

class PasswordStoreTest : public AuthTest
{
};

TEST_F(PasswordStoreTest, ReadsWhatMosquittoWrites)
{
    PasswordStore store;
    EXPECT_EQ(store.Read("# users\n\n" + S01 + "\n" + S02 + "\r\n"), "");
    EXPECT_EQ(store.GetSize(), 2u);
    EXPECT_TRUE(store.Verify("s01", "secret"));
    EXPECT_TRUE(store.Verify("s02", "pässword"));
    EXPECT_FALSE(store.Verify("s01", "Secret"));
    EXPECT_FALSE(store.Verify("s02", "secret"));
    EXPECT_FALSE(store.Verify("s03", "secret"));
    EXPECT_EQ(store.Write(), S01 + "\n" + S02 + "\n");
}

TEST_F(PasswordStoreTest, KnowsWhatItWasSetTo)
{
    PasswordStore store;
    EXPECT_TRUE(store.Set("u", "one", random));
    EXPECT_TRUE(store.Verify("u", "one"));
    EXPECT_TRUE(store.Set("u", "two", random, 7));
    EXPECT_FALSE(store.Verify("u", "one"));
    EXPECT_TRUE(store.Verify("u", "two"));
    PasswordStore copy;
    EXPECT_EQ(copy.Read(store.Write()), "");
    EXPECT_TRUE(copy.Verify("u", "two"));
    EXPECT_THAT(store.Write(), testing::StartsWith("u:$7$7$"));
}

TEST_F(PasswordStoreTest, SaltsEachPassword)
{
    PasswordStore store;
    store.Set("a", "same", random);
    store.Set("b", "same", random);
    std::string text = store.Write();
    EXPECT_NE(text.substr(text.rfind('$', text.find('\n'))),
              text.substr(text.rfind('$')) + text.substr(text.find('\n')));
    EXPECT_NE(text.substr(0, text.find('\n')).substr(1), text.substr(text.find('\n') + 2));
}

TEST_F(PasswordStoreTest, AsksTheSameWorkForAnUnknownUser)
{
    PasswordStore store;
    store.Read(S01);
    operations.clear();
    store.Verify("s01", "wrong");
    store.Verify("nobody", "wrong");
    EXPECT_EQ(operations, (sansio::Operations{{OperationKind::Pbkdf2Sha512, 202, 0}}));
}

TEST_F(PasswordStoreTest, RefusesWhatItCannotReadInOneLine)
{
    const std::string salt = "MKEvSwti9iU95RX+";
    const std::string hash(86, 'A');
    for (const std::string& line : {std::string("s01"),
                                    std::string("s01:secret"),
                                    std::string(":$7$101$" + salt + "$" + hash + "=="),
                                    "u:$6$" + salt + "$" + hash + "==",
                                    "u:$7$0$" + salt + "$" + hash + "==",
                                    "u:$7$101x$" + salt + "$" + hash + "==",
                                    "u:$7$1000001$" + salt + "$" + hash + "==",
                                    "u:$7$101$$" + hash + "==",
                                    "u:$7$101$" + salt + "$" + hash + "=",
                                    "u:$7$101$" + salt + "$" + hash.substr(4) + "=="})
    {
        PasswordStore store;
        store.Read(S01);
        EXPECT_THAT(store.Read("# first\n" + line), HasSubstr("line 2: expected NAME:$7$")) << line;
        EXPECT_TRUE(store.Verify("s01", "secret"));
    }
    PasswordStore store;
    EXPECT_EQ(store.Read("u:$7$101$" + salt + "$" + hash + "=="), "");
    EXPECT_EQ(store.Read(S01 + "\n" + S01), "line 2: user 's01' is here twice");
}

TEST_F(PasswordStoreTest, HoldsNoMoreThanItsBounds)
{
    PasswordLimits limits;
    limits.users = 1;
    limits.nameSize = 3;
    PasswordStore store(limits);
    EXPECT_EQ(store.Read(S01 + "\n" + S02), "line 2: expected at most 1 users");
    EXPECT_FALSE(store.Set("long", "x", random));
    EXPECT_FALSE(store.Set("a:b", "x", random));
    EXPECT_FALSE(store.Set("", "x", random));
    EXPECT_TRUE(store.Set("one", "x", random));
    EXPECT_FALSE(store.Set("two", "x", random));
    EXPECT_TRUE(store.Set("one", "y", random));
}

TEST(Base64, IsThatOfItsStandard)
{
    // RFC 4648 section 10
    const std::pair<std::string_view, std::string> vectors[] = {{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors)
    {
        EXPECT_EQ(WriteBase64(ByteView(plain)), text);
        EXPECT_EQ(ReadBase64(text), ByteView(plain).ToBytes());
        EXPECT_EQ(ReadBase64Url(text.substr(0, text.find('='))), ByteView(plain).ToBytes());
    }
    for (const char* text : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "Zm-v", "=Zm9"})
    {
        EXPECT_EQ(ReadBase64(text), std::nullopt) << text;
    }
    EXPECT_EQ(ReadBase64Url("-_8"), (Bytes{0xfb, 0xff}));
    EXPECT_EQ(ReadBase64Url("+/8"), std::nullopt);
}

} // namespace

} // namespace auth
