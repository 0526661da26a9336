//! The messages and services of package `toolsync.v1`, generated from `proto/` at build time.
//!
//! Code outside of this module says `pb::Run`, to keep these types apart from the domain's. Nothing here may know more
//! than the `.proto` files say.
#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]

tonic::include_proto!("toolsync.v1");

/// The descriptors of the package with its imports and comments, for server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/toolsync.v1.descriptor.bin"));
