//! What leaves with a deploy, opened up: archives, source maps and the deployed site. Used by every
//! kind that looks into it.

pub(crate) mod archive;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
pub(crate) mod output;
pub(crate) mod path;
pub(crate) mod site;
pub(crate) mod source_map;
