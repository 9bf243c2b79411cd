//! The model, the ports and the policy of Tidegate. This crate does no I/O.
//!
//! A gate file is read into [`node::Node`]s that remember their place, each check's config is
//! read out of them ([`check::Kind`]), checks reach the world through [`ports`], and what they
//! find is redacted ([`redact`]), weighed ([`policy`]) and folded into one [`verdict`].

#![forbid(unsafe_code)]

pub mod baseline;
pub mod check;
pub mod de;
pub mod diagnostic;
pub mod distribution;
pub mod elsewhere;
pub mod event;
pub mod exchange;
pub mod finding;
pub mod fingerprint;
pub mod gate;
pub mod handover;
pub mod json_path;
pub mod located;
pub mod meta;
pub mod name;
pub mod node;
pub mod pack;
pub mod period;
pub mod place;
pub mod plan;
pub mod plugin;
pub mod policy;
pub mod ports;
pub mod provenance;
pub mod redact;
pub mod registry;
pub mod request;
pub mod result;
pub mod scope;
pub mod secret;
pub mod size;
pub mod span;
pub mod template;
pub mod verdict;
pub mod words;
