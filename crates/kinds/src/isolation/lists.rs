//! Attempts to find the owner's things in lists, searches, filters and exports.

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Request, Response};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;

use super::codes::Failure;
use super::coverage::Verb;
use super::pages::further;
use super::reads::TENANT_HEADERS;
use super::trace::{Canary, count};
use super::trial::{Trial, Tried};
use crate::attack::resource::Resource;
use crate::attack::{Reply, Story, seen};

/// Names of a query parameter that filters by tenant.
const TENANT_FILTERS: &[&str] = &[
    "tenant_id",
    "tenant",
    "account_id",
    "account",
    "organization_id",
];

/// Where two things were looked for.
struct Scan {
    /// The page with the one that must be there.
    wanted: Option<Response>,
    /// The page with the one that must not, and how that is seen.
    foreign: Option<(Request, Response, &'static str)>,
    /// Why there are no pages to look at.
    why: Option<String>,
    /// Whether a page was too long to be looked through.
    is_cut: bool,
}

impl Trial<'_, '_> {
    /// Looks for the owner's thing wherever many are told.
    ///
    /// # Errors
    /// When the gate file is at fault that it cannot be tried.
    pub(super) async fn lists(&mut self, canary: &Canary) -> Result<(), CheckError> {
        let lists: Vec<RequestTemplate> = self.resource.lists.clone();
        for list in &lists {
            if self.skips(list.method, list) || self.sender.stopped.is_some() {
                continue;
            }
            if !canary.can_be_listed() {
                let name = list.name();
                let why = format!(
                    "What {name} shows cannot be told apart: the create has no text with `${{canary}}`."
                );
                self.not_proven(Verb::List, why);
                continue;
            }
            if searches(list) {
                self.search(list, canary).await?;
            } else {
                self.list(list, canary).await?;
            }
        }
        Ok(())
    }

    /// A search: by the owner's mark as both, and by the attacker's own.
    async fn search(&mut self, list: &RequestTemplate, canary: &Canary) -> Result<(), CheckError> {
        let name = named(list);
        let Some(control) = self.owner_finds(list, &name, canary).await? else {
            return Ok(());
        };
        let request = self.attacking(list, &canary.made.scope)?;
        match self.attack(&request).await? {
            Tried::NotProven(why) => {
                self.not_proven(Verb::List, why);
                return Ok(());
            }
            Tried::Answered(response, _) => {
                if let Some(remark) = canary.listed_in(&response) {
                    match self.is_echo(list, canary, &response).await? {
                        Ok(true) => {}
                        Ok(false) => {
                            self.list_leak(&name, &control, &response, remark);
                            return Ok(());
                        }
                        Err(why) => {
                            self.not_proven(Verb::List, why);
                            return Ok(());
                        }
                    }
                }
            }
        }
        let Some(own) = self.own.clone() else {
            self.held(Verb::List);
            return Ok(());
        };
        let request = self.attacking(list, &own.made.scope)?;
        let finds = match self.attack(&request).await? {
            Tried::Answered(response, reply) => {
                reply == Reply::Served && own.listed_in(&response).is_some()
            }
            Tried::NotProven(_) => false,
        };
        self.list_held(&name, finds);
        Ok(())
    }

    /// What was searched for may be repeated in the answer: then it is there for a text that nobody has.
    /// The inner error says why that is not known.
    async fn is_echo(
        &mut self,
        list: &RequestTemplate,
        canary: &Canary,
        response: &Response,
    ) -> Result<Result<bool, String>, CheckError> {
        let nobodys = self.mark();
        let scope = Resource::scope(self.sender.context, &nobodys);
        let request = self.attacking(list, &scope)?;
        let run = &self.sender.context.values().run_mark;
        let needle = crate::attack::resource::needle(run, &nobodys).to_owned();
        Ok(match self.attack(&request).await? {
            Tried::Answered(echo, _) => {
                Ok(count(response, canary.made.needle()) <= count(&echo, &needle))
            }
            Tried::NotProven(why) => Err(why),
        })
    }

    /// The owner's own search or list, which must show the thing.
    async fn owner_finds(
        &mut self,
        list: &RequestTemplate,
        name: &str,
        canary: &Canary,
    ) -> Result<Option<Response>, CheckError> {
        let scan = self
            .scan(list, &canary.made.scope, true, canary, None)
            .await?;
        if let Some(found) = scan.wanted {
            self.public_cache(name, &found, Verb::Cache);
            return Ok(Some(found));
        }
        if self.tells_of_others(list) {
            return Ok(None);
        }
        let why = match scan.why {
            Some(why) => format!(": {why}"),
            None if searches(list) => String::new(),
            None => "; if it comes in pages, search it by text with `${canary}`".to_owned(),
        };
        let owner = self.owner.name();
        let why = format!("{name} does not show {owner}'s own canary{why}.");
        self.not_proven(Verb::List, why);
        Ok(None)
    }

    /// Whether a list that the document has elsewhere need not tell of this resource at all.
    fn tells_of_others(&self, list: &RequestTemplate) -> bool {
        let own = self.resource.create.path.to_string();
        self.resource.documented.is_some() && !list.path.to_string().starts_with(&own)
    }

    /// A list as it is: the attacker must find its own there, and not the owner's.
    async fn list(&mut self, list: &RequestTemplate, canary: &Canary) -> Result<(), CheckError> {
        let name = named(list);
        let Some(control) = self.owner_finds(list, &name, canary).await? else {
            return Ok(());
        };
        let own = self.own.clone();
        let wanted = own.as_ref().unwrap_or(canary);
        let scope = Resource::scope(self.sender.context, &wanted.made.mark);
        let scan = self.scan(list, &scope, false, wanted, Some(canary)).await?;
        if let Some((page, response, remark)) = scan.foreign {
            if self.is_from_a_cache(page, canary).await? {
                let story = Story {
                    before: self.list_before(&name, &control),
                    attack: self.told(&name, &response, remark),
                    after: "with another address of the same list it is not there".to_owned(),
                };
                self.leak(Verb::Cache, Failure::SharedCache, None, &name, story);
                return Ok(());
            }
            self.list_leak(&name, &control, &response, remark);
            return Ok(());
        }
        if scan.is_cut {
            self.not_proven(Verb::List, self.too_long(&name));
        } else {
            self.list_held(&name, scan.wanted.is_some());
        }
        self.filters(list, &name, canary, &control).await
    }

    fn list_before(&self, name: &str, control: &Response) -> String {
        seen(
            name,
            self.owner.identity.as_ref(),
            control,
            "holds the canary",
        )
    }

    fn list_leak(&mut self, name: &str, control: &Response, response: &Response, remark: &str) {
        let story = Story {
            before: self.list_before(name, control),
            attack: self.told(name, response, remark),
            after: String::new(),
        };
        self.leak(Verb::List, Failure::List, None, name, story);
    }

    /// A list without the owner's thing proves something when the attacker's own is in it.
    fn list_held(&mut self, name: &str, has_own: bool) {
        if has_own || self.own.is_none() {
            self.held(Verb::List);
        } else {
            let who = self.attacker.name();
            let why = format!(
                "{name} does not show {who}'s own canary either, so that it proves nothing that the one of {} is not there.",
                self.owner.name()
            );
            self.not_proven(Verb::List, why);
        }
    }

    /// Whether the same page under an address that no cache knows is without the thing.
    async fn is_from_a_cache(
        &mut self,
        mut page: Request,
        canary: &Canary,
    ) -> Result<bool, CheckError> {
        let text = Sensitive::new(self.mark());
        page.query.push(("_".to_owned(), text));
        Ok(match self.attack(&page).await? {
            Tried::Answered(response, Reply::Served) => canary.listed_in(&response).is_none(),
            _ => false,
        })
    }

    /// The list filtered by the owner's id and tenant, and with headers that name the tenant.
    async fn filters(
        &mut self,
        list: &RequestTemplate,
        name: &str,
        canary: &Canary,
        control: &Response,
    ) -> Result<(), CheckError> {
        let plain = self.attacking(list, &canary.made.scope)?;
        let with_query = |pairs: Vec<(&str, String)>| {
            let mut request = plain.clone();
            let pairs = pairs.into_iter();
            let pairs = pairs.map(|(name, value)| (name.to_owned(), Sensitive::new(value)));
            request.query.extend(pairs);
            request
        };
        let mut tries: Vec<(String, Request)> = vec![(
            format!("{name} filtered by the id"),
            with_query(vec![("id", canary.made.id_text())]),
        )];
        if let Some(tenant) = self.owning.tenant.clone() {
            let filters = TENANT_FILTERS.iter();
            let filters = filters.map(|name| (*name, tenant.clone()));
            tries.push((
                format!("{name} filtered by {tenant}"),
                with_query(filters.collect()),
            ));
            let mut request = plain.clone();
            let headers = TENANT_HEADERS.iter();
            let headers = headers.map(|name| ((*name).to_owned(), Sensitive::new(tenant.clone())));
            request.headers.extend(headers);
            tries.push((format!("{name} with a header that names {tenant}"), request));
        }
        for (name, request) in tries {
            match self.attack(&request).await? {
                Tried::NotProven(why) => self.not_proven(Verb::List, why),
                Tried::Answered(response, _) => match canary.listed_in(&response) {
                    // The id alone may be repeated from the query.
                    Some(remark) if remark == "holds the canary" => {
                        self.list_leak(&name, control, &response, remark);
                    }
                    _ if response.truncated => {
                        self.not_proven(Verb::List, self.too_long(&name));
                    }
                    _ => self.held(Verb::List),
                },
            }
        }
        Ok(())
    }

    /// Looks through the pages of a list for one thing, and for another one that should not be there.
    async fn scan(
        &mut self,
        list: &RequestTemplate,
        scope: &Scope,
        is_owner: bool,
        wanted: &Canary,
        foreign: Option<&Canary>,
    ) -> Result<Scan, CheckError> {
        let session = if is_owner {
            self.owner.session
        } else {
            self.attacker.session
        };
        let purpose = if is_owner {
            Purpose::Normal
        } else {
            Purpose::Attack
        };
        let first = self.sender.render(list, scope, session, purpose)?;
        let mut scan = Scan {
            wanted: None,
            foreign: None,
            why: None,
            is_cut: false,
        };
        let mut pages = vec![first.clone()];
        let mut is_first = true;
        while !pages.is_empty() {
            let request = pages.remove(0);
            let Some(response) = self.page(&request, is_owner, scope, &mut scan).await? else {
                break;
            };
            if wanted.listed_in(&response).is_some() {
                scan.wanted = Some(response.clone());
            }
            scan.is_cut |= response.truncated;
            let remark = foreign.and_then(|foreign| foreign.listed_in(&response));
            if let Some(remark) = remark {
                scan.foreign = Some((request, response, remark));
                break;
            }
            // Beside the own one on the next page may stand the other.
            if scan.wanted.is_some() && foreign.is_none() {
                break;
            }
            if std::mem::take(&mut is_first) {
                pages = further(&first, &response);
            }
        }
        Ok(scan)
    }

    /// One page of a list; none when it is refused.
    async fn page(
        &mut self,
        request: &Request,
        is_owner: bool,
        scope: &Scope,
        scan: &mut Scan,
    ) -> Result<Option<Response>, CheckError> {
        let (response, reply) = if is_owner {
            let answer = self.sender.send(request.clone()).await?;
            if let Some(why) = answer.missing() {
                scan.why = Some(why);
                return Ok(None);
            }
            let Some(response) = answer.response() else {
                return Ok(None);
            };
            let reply = self.reader.read(&response, scope)?;
            (response, reply)
        } else {
            match self.attack(request).await? {
                Tried::NotProven(why) => {
                    scan.why = Some(why);
                    return Ok(None);
                }
                Tried::Answered(response, reply) => (*response, reply),
            }
        };
        if reply != Reply::Served {
            scan.why = Some(format!("it was answered with {}", response.status));
        }
        Ok(Some(response))
    }
}

/// A list as people name it, with its query.
fn named(list: &RequestTemplate) -> String {
    let query = list.query.iter();
    let query: Vec<String> = query
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if query.is_empty() {
        list.name()
    } else {
        format!("{}?{}", list.name(), query.join("&"))
    }
}

/// Whether a list is searched by the mark.
fn searches(list: &RequestTemplate) -> bool {
    let templates = list.templates();
    let mut names = templates.iter().flat_map(Template::values);
    names.any(|name| name == "canary" || name == "unique")
}
