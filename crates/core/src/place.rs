//! Where a file that findings name stands in the repository.

/// What findings call the starter set of checks, which stands in no file.
pub const STARTER_SET: &str = "starter set";

/// Whether findings name the starter set by this, as the file that it would be.
pub fn is_starter_set(file: &str) -> bool {
    file.rsplit(['/', '\\']).next() == Some(STARTER_SET)
}

/// The path of a file from the repository's root, with forward slashes; `None` for what is no file of
/// it: an address, a ready-made pack, the starter set, a member of an archive, or a path that leads out.
///
/// Findings name files as people know them: `gate` is the gate file's path as it was given, and every
/// other file counts from the gate file's folder, which is `folder` below the root.
pub fn in_repository(file: &str, gate: &str, folder: &str) -> Option<String> {
    let file = if file == gate {
        gate.rsplit(['/', '\\']).next()?
    } else {
        file
    };
    if elsewhere(file) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    let inside = parts.first().is_some_and(|first| *first != ".git");
    inside.then(|| parts.join("/"))
}

/// The way from a folder below the repository's root to a file of the repository, as findings name it.
pub fn from_folder(folder: &str, path: &str) -> String {
    let mut folder = folder.split('/').filter(|part| !part.is_empty()).peekable();
    let mut path = path.split('/').peekable();
    while folder.peek().is_some() && folder.peek() == path.peek() {
        folder.next();
        path.next();
    }
    let up = folder.map(|_| "..");
    up.chain(path).collect::<Vec<_>>().join("/")
}

fn elsewhere(file: &str) -> bool {
    let first = file.split(['/', '\\']).next().unwrap_or_default();
    let folder = matches!(file.rsplit(['/', '\\']).next(), Some("" | "." | ".."));
    let inside_archive = file
        .split_once('!')
        .is_some_and(|(archive, member)| !archive.is_empty() && !member.is_empty());
    // `https:`, `pack:` and `C:` all end at a colon.
    folder || first.is_empty() || first.contains(':') || inside_archive || is_starter_set(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(file: &str) -> Option<String> {
        in_repository(file, "../apps/portal/tidegate.yaml", "apps/portal")
    }

    #[test]
    fn files_count_from_the_folder_of_the_gate_file() {
        let expected = [
            ("../apps/portal/tidegate.yaml", "apps/portal/tidegate.yaml"),
            ("src/app.ts", "apps/portal/src/app.ts"),
            ("./src//app.ts", "apps/portal/src/app.ts"),
            ("src\\app.ts", "apps/portal/src/app.ts"),
            ("../../lib/a:b.ts", "lib/a:b.ts"),
            ("..env", "apps/portal/..env"),
        ];
        for (file, path) in expected {
            assert_eq!(placed(file).as_deref(), Some(path), "{file}");
        }
        assert_eq!(
            in_repository(
                "/home/mia/portal/gate.yaml",
                "/home/mia/portal/gate.yaml",
                ""
            ),
            Some("gate.yaml".into())
        );
    }

    #[test]
    fn what_is_no_file_of_the_repository_has_no_path() {
        for file in [
            "",
            ".",
            "..",
            "../..",
            "../../../secret",
            "../../.git/config",
            "/etc/passwd",
            "\\\\server\\share",
            "C:\\gate.yaml",
            "C:/gate.yaml",
            "https://portal.example/app.js",
            "file:///etc/passwd",
            "pack:client-portal",
            "starter set",
            "/home/mia/portal/starter set",
            "dist/app.zip!inner/.env",
        ] {
            assert_eq!(placed(file), None, "{file}");
        }
    }

    #[test]
    fn the_way_from_the_folder_leads_back_to_the_file() {
        let paths = [
            "a.ts",
            "apps/a.ts",
            "apps/portal/a.ts",
            "apps/portal/src/a.ts",
            "apps/shop/a.ts",
        ];
        for folder in ["", "apps", "apps/portal"] {
            for path in paths {
                let way = from_folder(folder, path);
                assert_eq!(
                    in_repository(&way, "gate.yaml", folder).as_deref(),
                    Some(path),
                    "{way}"
                );
            }
        }
        assert_eq!(
            from_folder("apps/portal", "apps/portal/src/a.ts"),
            "src/a.ts"
        );
        assert_eq!(from_folder("apps/portal", "lib/a.ts"), "../../lib/a.ts");
    }
}
