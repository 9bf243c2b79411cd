pub(crate) mod generators;
pub(crate) mod normal;
