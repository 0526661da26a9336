//! The gRPC services: messages in, calls to the engine and the store, messages out.
//!
//! The only place besides the command line that knows tonic and protobuf. It must never know SQL, CSV or a tool's rules.

pub mod pb;
