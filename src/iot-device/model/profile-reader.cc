// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/profile-reader.h"

#include "iot-device/model/operation-rules.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <toml++/toml.h>

namespace ns3
{

namespace
{

namespace fs = std::filesystem;

/// A unit key of a number and what brings its value to SI.
struct Unit
{
    std::string key;
    double factor;
    bool inverse{false}; ///< a rate that is kept as the time of one unit
};

const std::vector<Unit> VOLTAGE = {{"volt", 1}};
const std::vector<Unit> CURRENT = {{"milliampere", 1e-3}, {"microampere", 1e-6}};
const std::vector<Unit> DURATION = {{"milliseconds", 1e-3}, {"microseconds", 1e-6}};
const std::vector<Unit> BYTE_RATE = {{"bytes_per_second", 1, true},
                                     {"kib_per_second", 1024, true},
                                     {"mib_per_second", 1024 * 1024, true}};

std::string
ToText(const toml::node& node)
{
    std::ostringstream text;
    node.visit([&](const auto& value) { text << value; });
    return text.str();
}

std::string
ListKeys(const std::vector<Unit>& units)
{
    std::string list;
    for (const Unit& unit : units)
    {
        list += (list.empty() ? "" : " or ") + unit.key;
    }
    return list;
}

/// A table of a file, with the names that an error message needs.
class Section
{
  public:
    Section(std::string file, std::string prefix, const toml::table& table)
        : m_file(std::move(file)),
          m_prefix(std::move(prefix)),
          m_table(&table)
    {
    }

    const std::string& GetFile() const
    {
        return m_file;
    }

    const toml::table& GetTable() const
    {
        return *m_table;
    }

    bool Has(const std::string& key) const
    {
        return m_table->contains(key);
    }

    [[noreturn]] void Fail(const std::string& key,
                           const std::string& value,
                           const std::string& expected) const
    {
        throw std::runtime_error(m_file + ": key '" + m_prefix + key + "' is " + value +
                                 ": expected " + expected);
    }

    void ExpectOnly(const std::vector<std::string>& keys) const
    {
        for (const auto& [name, node] : *m_table)
        {
            std::string key(name.str());
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
            {
                std::string list;
                for (const std::string& known : keys)
                {
                    list += (list.empty() ? "" : ", ") + known;
                }
                Fail(key, "unknown", "one of " + list);
            }
        }
    }

    /// The table below a key; missing is an error.
    Section At(const std::string& key) const
    {
        const toml::node* node = m_table->get(key);
        if (node == nullptr)
        {
            Fail(key, "missing", "a table");
        }
        if (!node->is_table())
        {
            Fail(key, ToText(*node), "a table");
        }
        return {m_file, m_prefix + key + ".", *node->as_table()};
    }

    std::string Text(const std::string& key, const std::string& expected) const
    {
        const toml::node* node = m_table->get(key);
        if (node == nullptr)
        {
            Fail(key, "missing", expected);
        }
        std::optional<std::string> text = node->value_exact<std::string>();
        if (!text || text->empty())
        {
            Fail(key, ToText(*node), expected);
        }
        return *text;
    }

    /// A number that is not negative; `fallback` when it is missing.
    double Number(const std::string& key, std::optional<double> fallback = std::nullopt) const
    {
        const toml::node* node = m_table->get(key);
        if (node == nullptr && fallback)
        {
            return *fallback;
        }
        if (node == nullptr)
        {
            Fail(key, "missing", "a number");
        }
        std::optional<double> number =
            node->is_number() ? node->value<double>() : std::optional<double>();
        if (!number || !std::isfinite(*number) || *number < 0)
        {
            Fail(key, ToText(*node), "a number that is not negative");
        }
        return *number;
    }

    /// The value of the one unit key that is there, in SI; nothing when none is.
    std::optional<double> Quantity(const std::vector<Unit>& units) const
    {
        std::optional<double> value;
        for (const Unit& unit : units)
        {
            if (!Has(unit.key))
            {
                continue;
            }
            double number = Number(unit.key);
            if (value || (unit.inverse && number == 0))
            {
                Fail(unit.key,
                     ToText(*m_table->get(unit.key)),
                     value ? "one unit only" : "a rate greater than zero");
            }
            value = unit.inverse ? 1 / (number * unit.factor) : number * unit.factor;
        }
        return value;
    }

    /// A table that is one number with one unit key and its source.
    SourcedNumber Sourced(const std::string& key, const std::vector<Unit>& units) const
    {
        Section section = At(key);
        std::vector<std::string> keys = {"source"};
        std::transform(units.begin(), units.end(), std::back_inserter(keys), [](const Unit& unit) {
            return unit.key;
        });
        section.ExpectOnly(keys);
        std::optional<double> value = section.Quantity(units);
        if (!value)
        {
            section.Fail(ListKeys(units), "missing", "a number");
        }
        return {*value, section.Source()};
    }

    std::string Source() const
    {
        return Text("source", "where the number comes from");
    }

  private:
    std::string m_file;
    std::string m_prefix;
    const toml::table* m_table;
};

/// One device with the files it refers to.
class Reader
{
  public:
    explicit Reader(const std::vector<std::string>& folders)
        : m_folders(folders)
    {
    }

    DeviceProfile ReadDevice(const std::string& file) const
    {
        toml::table table = Parse(file);
        Section section(file, "", table);
        DeviceProfile device;
        section.ExpectOnly({"name", "supply", "radio", "mcu", "secure_element"});
        device.name = section.Text("name", "a name");
        device.mcu = ReadMcu(Resolve(section, "mcu"));
        if (section.Has("radio"))
        {
            device.radio = ReadRadio(Resolve(section, "radio"));
        }
        if (section.Has("secure_element"))
        {
            device.secureElement = ReadSecureElement(Resolve(section, "secure_element"));
        }
        if (!device.mcu.mains)
        {
            device.voltage = section.Sourced("supply", VOLTAGE);
        }
        else if (section.Has("supply") || device.radio || device.secureElement)
        {
            section.Fail(device.radio           ? "radio"
                         : device.secureElement ? "secure_element"
                                                : "supply",
                         "given",
                         "none, since the energy of an MCU on the mains is not accounted");
        }
        return device;
    }

  private:
    toml::table Parse(const std::string& file) const
    {
        if (!fs::is_regular_file(file))
        {
            throw std::runtime_error(file + ": expected a profile that can be read");
        }
        try
        {
            return toml::parse_file(file);
        }
        catch (const toml::parse_error& error)
        {
            std::ostringstream line;
            line << file << ": line " << error.source().begin.line
                 << ": expected TOML: " << error.description();
            throw std::runtime_error(line.str());
        }
    }

    std::string Resolve(const Section& section, const std::string& key) const
    {
        std::string name = section.Text(key, "the name of another file, without .toml");
        std::vector<fs::path> places = {fs::path(section.GetFile()).parent_path()};
        places.insert(places.end(), m_folders.begin(), m_folders.end());
        for (const fs::path& place : places)
        {
            fs::path file = place / (name + ".toml");
            if (fs::is_regular_file(file))
            {
                return file.string();
            }
        }
        section.Fail(key, "'" + name + "'", "a file of that name with .toml in the search path");
    }

    RadioProfile ReadRadio(const std::string& file) const
    {
        toml::table table = Parse(file);
        Section section(file, "", table);
        RadioProfile radio;
        std::vector<std::string> keys = {"name"};
        for (size_t i = 0; i < radio.current.size(); i++)
        {
            std::string state(ToString(static_cast<RadioState>(i)));
            keys.push_back(state);
            radio.current[i] = section.Sourced(state, CURRENT);
        }
        section.ExpectOnly(keys);
        radio.name = section.Text("name", "a name");
        return radio;
    }

    SecureElementProfile ReadSecureElement(const std::string& file) const
    {
        toml::table table = Parse(file);
        Section section(file, "", table);
        section.ExpectOnly({"name", "sign", "key_generation", "active", "sleep"});
        SecureElementProfile element;
        element.name = section.Text("name", "a name");
        element.sign = section.Sourced("sign", DURATION);
        element.keyGeneration = section.Sourced("key_generation", DURATION);
        element.active = section.Sourced("active", CURRENT);
        element.sleep = section.Sourced("sleep", CURRENT);
        return element;
    }

    McuProfile ReadMcu(const std::string& file) const
    {
        toml::table table = Parse(file);
        Section section(file, "", table);
        section.ExpectOnly(
            {"name", "mains", "active", "crypto", "sleep", "rules", "cost", "derived"});
        McuProfile mcu;
        mcu.name = section.Text("name", "a name");
        mcu.mains = ReadMains(section);
        if (mcu.mains)
        {
            for (const char* key : {"active", "crypto", "sleep"})
            {
                if (section.Has(key))
                {
                    section.Fail(key, "given", "no current with mains = true");
                }
            }
        }
        else
        {
            mcu.active = section.Sourced("active", CURRENT);
            mcu.crypto = section.Sourced("crypto", CURRENT);
            mcu.sleep = section.Sourced("sleep", CURRENT);
        }
        OperationRules rules;
        ReadCosts(section, rules);
        if (section.Has("rules"))
        {
            std::string shared = Resolve(section, "rules");
            toml::table sharedTable = Parse(shared);
            Section sharedSection(shared, "", sharedTable);
            sharedSection.ExpectOnly({"derived"});
            ReadCosts(sharedSection, rules);
        }
        mcu.operations = rules.Resolve(file);
        return mcu;
    }

    static bool ReadMains(const Section& section)
    {
        const toml::node* node = section.GetTable().get("mains");
        if (node != nullptr && !node->is_boolean())
        {
            section.Fail("mains", ToText(*node), "true or false");
        }
        return node != nullptr && **node->as_boolean();
    }

    static void ReadCosts(const Section& section, OperationRules& rules)
    {
        if (section.Has("cost"))
        {
            Section costs = section.At("cost");
            for (const auto& [name, node] : costs.GetTable())
            {
                std::string key(name.str());
                ExpectOperation(costs, key);
                rules.State(key, ReadCost(costs.At(key), costs, key));
            }
        }
        if (section.Has("derived"))
        {
            Section derived = section.At("derived");
            for (const auto& [name, node] : derived.GetTable())
            {
                std::string key(name.str());
                ExpectOperation(derived, key);
                if (section.Has("cost") && section.At("cost").Has(key))
                {
                    derived.Fail(key, "given twice", "either a cost or a rule");
                }
                rules.Derive(key, ReadRule(derived.At(key)));
            }
        }
    }

    static void ExpectOperation(const Section& section, const std::string& key)
    {
        if (!OperationRules::IsKnown(key))
        {
            section.Fail(key, "unknown", "one of " + OperationRules::GetKnownNames());
        }
    }

    static OperationCost ReadCost(const Section& section,
                                  const Section& parent,
                                  const std::string& name)
    {
        section.ExpectOnly({"milliseconds",
                            "microseconds",
                            "bytes_per_second",
                            "kib_per_second",
                            "mib_per_second",
                            "source"});
        std::optional<double> fixed = section.Quantity(DURATION);
        std::optional<double> perByte = section.Quantity(BYTE_RATE);
        if (fixed.value_or(0) + perByte.value_or(0) <= 0)
        {
            parent.Fail(name,
                        fixed ? "zero" : "without a number",
                        ListKeys(DURATION) + " or " + ListKeys(BYTE_RATE) + ", greater than zero");
        }
        return {fixed.value_or(0), perByte.value_or(0), section.Source()};
    }

    static DerivationRule ReadRule(const Section& section)
    {
        section.ExpectOnly({"from", "times", "bytes", "bytes_per_byte", "rule"});
        DerivationRule rule;
        rule.from = section.Text("from", "the name of an operation");
        if (!OperationRules::IsKnown(rule.from))
        {
            section.Fail("from",
                         "'" + rule.from + "'",
                         "one of " + OperationRules::GetKnownNames());
        }
        rule.times = section.Number("times", 0);
        rule.bytes = section.Number("bytes", 0);
        rule.bytesPerByte = section.Number("bytes_per_byte", 0);
        rule.rule = section.Text("rule", "the rule in words, with what it rests on");
        rule.file = section.GetFile();
        return rule;
    }

    const std::vector<std::string>& m_folders;
};

} // namespace

DeviceProfile
ReadDeviceProfile(const std::string& file, const std::vector<std::string>& folders)
{
    return Reader(folders).ReadDevice(file);
}

} // namespace ns3
