#pragma once

#include <string>

namespace cnnlab {

/// A descriptor that is closed with its owner.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    void close();

  private:
    int number_;
};

/// Listens at a TCP address, not blocking. Port 0: any that is free. Throws Error (io, place "HOST:PORT").
[[nodiscard]] Descriptor listen_at(const std::string& host, int port);
/// The port at which a socket listens.
[[nodiscard]] int port_of(const Descriptor& listener);

}  // namespace cnnlab
