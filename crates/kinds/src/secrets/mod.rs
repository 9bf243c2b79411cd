//! Kind `secrets`: nothing secret leaves with a deploy.

mod ignore;
