mod cleaning;
pub(crate) mod fakes;
mod observing;
mod preparing;
mod running;
mod untrusted;
