//! Kind `secrets`: nothing secret leaves with a deploy.

mod archive;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod path;
mod site;
mod source_map;
