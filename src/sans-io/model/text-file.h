// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace ns3
{

/**
 * The text of a file.
 * \throw std::runtime_error with one line where it cannot be read, or is larger than 16 MiB
 */
std::string ReadTextFile(const std::string& path);

/**
 * Writes a whole AtomicFile.
 *
 * \param secret nobody but the owner may read it
 * \throw std::runtime_error with one line where it cannot be written; then the old one stays
 */
void WriteTextFile(const std::string& path, const std::string& text, bool secret = false);

} // namespace ns3
