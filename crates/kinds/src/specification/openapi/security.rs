//! Who may ask for an operation.

use super::super::At;
use super::Reader;
use super::model::Requirement;

impl<'l> Reader<'l> {
    /// What is required: by the operation, else by the whole document.
    pub(super) fn security(&mut self, operation: At<'l>) -> Vec<Vec<Requirement>> {
        match operation.get("security") {
            Some(own) => self.alternatives(own),
            None => {
                let general = self.root.get("security");
                general.map_or_else(Vec::new, |general| self.quiet(general))
            }
        }
    }

    /// Tells what is wrong with the document's own requirements, once.
    pub(super) fn check_security(&mut self) {
        if let Some(general) = self.root.get("security") {
            self.alternatives(general);
        }
    }

    /// Reads what was checked already.
    fn quiet(&mut self, security: At<'l>) -> Vec<Vec<Requirement>> {
        let (faults, more) = (self.faults.len(), self.more);
        let read = self.alternatives(security);
        self.faults.truncate(faults);
        self.more = more;
        read
    }

    fn alternatives(&mut self, security: At<'l>) -> Vec<Vec<Requirement>> {
        if !security.is_list() {
            self.fault(
                security,
                "`security` is no list",
                "Write each way to log in as `- scheme: []`.",
            );
        }
        let mut read = Vec::new();
        for alternative in security.elements() {
            if !alternative.is_map() {
                self.fault(
                    alternative,
                    format!(
                        "{} stands where a login is required",
                        alternative.describe()
                    ),
                    "Write each way to log in as `- scheme: []`.",
                );
                continue;
            }
            let schemes = alternative.entries();
            read.push(
                schemes
                    .map(|(name, scopes)| self.requirement(name, scopes))
                    .collect(),
            );
        }
        read
    }

    fn requirement(&mut self, name: &str, scopes: At<'l>) -> Requirement {
        let scheme = self.scheme(name);
        if scheme.is_none() {
            self.fault(
                scopes,
                format!("the security scheme `{name}` is declared nowhere"),
                "Declare it under `components: { securitySchemes: … }`, or look for a slip in its name.",
            );
        }
        let named = scopes.elements().filter_map(At::text);
        Requirement {
            scheme: name.to_owned(),
            scopes: named.map(str::to_owned).collect(),
            place: scheme.map(At::place),
        }
    }

    /// The scheme of a name; since 3.2 the name may be a reference.
    fn scheme(&self, name: &str) -> Option<At<'l>> {
        let schemes = self.root.get("components")?.get("securitySchemes");
        let declared = schemes.and_then(|schemes| schemes.get(name));
        match declared {
            Some(declared) => self.follow(declared),
            None if name.contains(['#', '/', '.']) => {
                self.follow(self.library.target(self.root, name).ok()?)
            }
            None => None,
        }
    }
}
