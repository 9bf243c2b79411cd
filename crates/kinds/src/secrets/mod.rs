//! Kind `secrets`: nothing secret leaves with a deploy.

mod archive;
mod path;
mod site;
mod source_map;
