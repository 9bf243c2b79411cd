//! Probes of the switches that open doors or make the portal slow; each tells whether it misbehaves.

pub(crate) mod access;
pub(crate) mod races;
pub(crate) mod sessions;
pub(crate) mod slowness;
pub(crate) mod surface;
