"""What the scenarios stand on: real processes, real wallets, real sockets."""
