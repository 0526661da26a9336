//! Black-box tests: the service over a real socket, by the generated client and by its command line.

mod architecture;
mod kill;
mod runs;
mod support;
