//! The ports that need nothing but this machine: time, randomness, concurrency and secrets.

mod clock;
mod random;
mod secrets;
mod tasks;

pub(crate) use clock::SystemClock;
pub(crate) use random::SeededRandom;
pub(crate) use secrets::EnvironmentSecrets;
pub(crate) use tasks::RuntimeTasks;
