//! The seam between the functions that a plugin imports and the world.

use crate::deadline::Deadline;
use crate::interface::{files, http, recorded};

/// What a plugin reaches: the granted world, a recording of it, or a fake.
///
/// The engine holds every call against the limits before and after it, whatever is behind this trait.
/// A call must come back soon after `deadline` or after a stop: the engine interrupts a plugin, not what
/// it waits for.
pub trait Imports: Send {
    /// Sends a request. `timeout` and `body-limit` are always set: the engine fills in what is absent and
    /// brings both within what is left.
    ///
    /// # Errors
    /// Whatever keeps an answer away; the plugin is told.
    fn send(
        &mut self,
        request: http::Request,
        deadline: Deadline,
    ) -> Result<http::Response, http::HttpError>;

    /// At most `limit` exchanges after number `after`, and the number to ask for next.
    ///
    /// # Errors
    /// Why there are none to be had; the plugin is told.
    fn page(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<(Vec<recorded::Exchange>, Option<u64>), String>;

    /// The granted files that match a glob.
    ///
    /// # Errors
    /// Why none can be named; the plugin is told.
    fn find(&mut self, glob: &str) -> Result<Vec<String>, files::FilesError>;

    /// The content of a granted file of at most `limit` bytes.
    ///
    /// # Errors
    /// Why it cannot be read; the plugin is told.
    fn read(&mut self, path: &str, limit: u32) -> Result<Vec<u8>, files::FilesError>;
}

/// A world in which everything is denied.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

const NOTHING: &str = "nothing is granted here";

impl Imports for Nothing {
    fn send(
        &mut self,
        _request: http::Request,
        _deadline: Deadline,
    ) -> Result<http::Response, http::HttpError> {
        Err(http::HttpError::Denied(NOTHING.to_owned()))
    }

    fn page(
        &mut self,
        _after: u64,
        _limit: u32,
    ) -> Result<(Vec<recorded::Exchange>, Option<u64>), String> {
        Err(NOTHING.to_owned())
    }

    fn find(&mut self, _glob: &str) -> Result<Vec<String>, files::FilesError> {
        Err(files::FilesError::Denied(NOTHING.to_owned()))
    }

    fn read(&mut self, _path: &str, _limit: u32) -> Result<Vec<u8>, files::FilesError> {
        Err(files::FilesError::Denied(NOTHING.to_owned()))
    }
}
