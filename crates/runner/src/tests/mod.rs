mod beginning;
mod cleaning;
pub(crate) mod fakes;
mod last;
mod observing;
mod preparing;
mod running;
mod untrusted;
mod weakened;
