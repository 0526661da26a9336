//! The gRPC services: messages in, calls to the engine, the store and the scheduler, messages out.
//!
//! The only place besides the command line that knows tonic and protobuf. It must never know SQL, CSV or a tool's rules.

mod catalog_service;
mod convert;
mod file_service;
mod layers;
mod page_token;
pub mod pb;
mod run_service;
mod schedule_service;
mod series_service;
mod server;
mod site;
mod status;
mod streams;

pub use server::{ServeError, Services, serve};
pub use status::{ERROR_DOMAIN, ErrorReason};
