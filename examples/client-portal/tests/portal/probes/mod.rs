//! Probes of the switches that open doors; each tells whether the portal misbehaves.

pub(crate) mod access;
pub(crate) mod races;
pub(crate) mod sessions;
pub(crate) mod surface;
