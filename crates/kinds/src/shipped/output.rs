//! The folders that builds write into.

use std::ops::ControlFlow;

use tidegate_core::ports::Files;

/// Folders of build output that frameworks make, as far as visitors get them.
pub(crate) const SERVED: &[&str] = &[
    "dist",
    "build",
    "out",
    "public/build",
    ".next/static",
    ".output/public",
    ".svelte-kit/output/client",
    ".vercel/output/static",
    "storybook-static",
];

/// Folders of build output that stay on the server.
pub(crate) const ON_SERVER: &[&str] = &[
    ".next/server",
    ".output/server",
    ".svelte-kit/output/server",
];

/// Those of some folders that are there with a file in them.
pub(crate) fn there<'f>(files: &dyn Files, folders: &[&'f str]) -> Vec<&'f str> {
    let is_there = |folder: &&str| {
        let mut any = false;
        let walked = files.walk(folder, &mut |_| {
            any = true;
            ControlFlow::Break(())
        });
        walked.is_ok() && any
    };
    folders.iter().copied().filter(is_there).collect()
}
