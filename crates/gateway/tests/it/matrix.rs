//! Every route that the API describes, times everyone who may ask. A route without a line here
//! fails, and so does a line without a route.

use std::collections::{BTreeMap, BTreeSet};

use ai_now_gateway::store::{AdminRole, Publishable};
use ai_now_protocol::api::{Accepted, Session};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Gateway, Place, completed, database, problem, song};

/// Which callers are admitted, and what the others get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Every caller.
    Public,
    /// No caller, as the request is sent here: with this status.
    Refused(u16),
    /// Callers with a valid key or session, with `good`; a publishable key gets another status.
    Keyed { good: u16, publishable: u16 },
    /// Callers with a secret key.
    Secret,
    /// The same, with another status.
    SecretWith(u16),
    /// The generation's owner alone.
    Owned,
    /// The generation's owner, and callers with a ticket for it.
    Ticketed,
    /// Administrators alone, by their role.
    Administered { viewer: u16, admin: u16 },
}

use Rule::{Administered, Keyed, Owned, Public, Refused, Secret, SecretWith, Ticketed};

/// Bodies are not valid where they would cost something: 400 shows that the caller was admitted.
const LINES: &[(Method, &str, Rule)] = &[
    (Method::GET, "/api/ping", Keyed { good: 200, publishable: 200 }),
    (Method::GET, "/api/catalog", Public),
    (Method::GET, "/api/balance", Keyed { good: 200, publishable: 403 }),
    (Method::POST, "/api/sessions", Keyed { good: 201, publishable: 201 }),
    (Method::DELETE, "/api/visitors/{subject}", Secret),
    (Method::POST, "/api/generate", Keyed { good: 400, publishable: 403 }),
    (Method::POST, "/api/generations", Keyed { good: 400, publishable: 403 }),
    (Method::GET, "/api/generations", Keyed { good: 200, publishable: 403 }),
    (Method::POST, "/api/uploads", Keyed { good: 415, publishable: 403 }),
    (Method::GET, "/api/usage", Secret),
    (Method::GET, "/api/webhooks", Secret),
    (Method::POST, "/api/webhooks", SecretWith(415)),
    (Method::DELETE, "/api/webhooks/{name}", SecretWith(404)),
    (Method::POST, "/api/webhooks/{name}/enable", SecretWith(404)),
    (Method::POST, "/api/webhooks/{name}/disable", SecretWith(404)),
    (Method::GET, "/api/webhooks/{name}/deliveries", SecretWith(404)),
    (Method::POST, "/api/webhooks/{name}/deliveries/{delivery}/replay", SecretWith(404)),
    (Method::GET, "/api/admin/webhooks", Administered { viewer: 200, admin: 200 }),
    (Method::POST, "/api/admin/webhooks", Administered { viewer: 403, admin: 415 }),
    (Method::DELETE, "/api/admin/webhooks/{name}", Administered { viewer: 403, admin: 404 }),
    (Method::POST, "/api/admin/webhooks/{name}/enable", Administered { viewer: 403, admin: 404 }),
    (Method::POST, "/api/admin/webhooks/{name}/disable", Administered { viewer: 403, admin: 404 }),
    (
        Method::GET,
        "/api/admin/webhooks/{name}/deliveries",
        Administered { viewer: 404, admin: 404 },
    ),
    (
        Method::POST,
        "/api/admin/webhooks/{name}/deliveries/{delivery}/replay",
        Administered { viewer: 403, admin: 404 },
    ),
    (Method::GET, "/api/generations/{id}", Owned),
    (Method::DELETE, "/api/generations/{id}", Owned),
    (Method::GET, "/api/generations/{id}/events", Ticketed),
    (Method::GET, "/api/events", Keyed { good: 200, publishable: 403 }),
    (Method::GET, "/api/openapi.json", Public),
    (Method::GET, "/api/admin/me", Administered { viewer: 200, admin: 200 }),
    (Method::POST, "/api/admin/session", Refused(415)),
    (Method::DELETE, "/api/admin/session", Administered { viewer: 204, admin: 204 }),
    (Method::GET, "/api/admin/overview", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/events", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/models", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/settings", Administered { viewer: 200, admin: 200 }),
    (Method::POST, "/api/admin/providers/{name}/check", Administered { viewer: 403, admin: 404 }),
    (Method::POST, "/api/admin/generations/{id}/again", Administered { viewer: 403, admin: 201 }),
    (Method::GET, "/api/admin/keys", Administered { viewer: 200, admin: 200 }),
    (Method::POST, "/api/admin/keys", Administered { viewer: 403, admin: 415 }),
    (Method::GET, "/api/admin/keys/{name}", Administered { viewer: 404, admin: 404 }),
    (Method::PATCH, "/api/admin/keys/{name}", Administered { viewer: 403, admin: 415 }),
    (Method::DELETE, "/api/admin/keys/{name}", Administered { viewer: 403, admin: 404 }),
    (Method::POST, "/api/admin/keys/{name}/grants", Administered { viewer: 403, admin: 415 }),
    (Method::POST, "/api/admin/keys/{name}/adjustments", Administered { viewer: 403, admin: 415 }),
    (Method::POST, "/api/admin/keys/{name}/rotate", Administered { viewer: 403, admin: 404 }),
    (Method::POST, "/api/admin/generations/{id}/refund", Administered { viewer: 403, admin: 415 }),
    (Method::GET, "/api/admin/keys/{name}/ledger", Administered { viewer: 404, admin: 404 }),
    (Method::GET, "/api/admin/generations", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/generations/{id}", Administered { viewer: 200, admin: 200 }),
    (Method::DELETE, "/api/admin/generations/{id}", Administered { viewer: 403, admin: 200 }),
    (Method::GET, "/api/admin/providers", Administered { viewer: 200, admin: 200 }),
    (
        Method::DELETE,
        "/api/admin/providers/{name}/breaker",
        Administered { viewer: 403, admin: 404 },
    ),
    (Method::GET, "/api/admin/usage", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/activity", Administered { viewer: 200, admin: 200 }),
    (Method::GET, "/api/admin/activity/export", Administered { viewer: 200, admin: 200 }),
    // Knowing a file's name is permission to load it; it can't be guessed.
    (Method::GET, "/media/{name}", Public),
    (Method::GET, "/healthz", Public),
    (Method::GET, "/readyz", Public),
];

const PAGE: &str = "https://page.example";

/// A gateway, and everyone who may ask it.
struct World {
    _place: Place,
    gateway: Gateway,
    /// Who owns generations: keys and sessions of all kinds.
    owners: Vec<String>,
    /// What each owner made, in the same order, with the name of its file.
    made: Vec<(Accepted, String)>,
    publishable: String,
    /// A viewer and an administrator who may change things.
    viewer: String,
    admin: String,
    /// What opens nothing: nonsense, a ticket, a key that was revoked, a session that expired.
    worthless: Vec<Option<String>>,
    /// The statuses that each route says it may answer with.
    described: BTreeMap<(String, String), BTreeSet<String>>,
}

impl World {
    async fn new() -> Self {
        let place = Place::new();
        let (mine, theirs) = (place.key(100).await, place.key(100).await);
        let revoked = place.key(100).await;
        let limits =
            Publishable { visitor_budget: 20, visitors_per_address: 99, tokens_per_day: 99 };
        let publishable = place.publishable(&mine, PAGE, limits).await;
        let viewer = place.admin("vera", AdminRole::Viewer).await;
        let admin = place.admin("ada", AdminRole::Admin).await;
        let gateway = place.start().await;
        let open = async |key: &str| {
            let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(key);
            let response = asked.header("origin", PAGE).send().await.unwrap();
            response.json::<Session>().await.unwrap().token
        };
        let expired = open(&theirs).await;
        let file = database(&place);
        file.execute("UPDATE sessions SET expires_at_ms = 1, opened_at_ms = 1", []).unwrap();
        drop(file);
        let owners = vec![
            mine.clone(),
            theirs.clone(),
            open(&mine).await,
            open(&mine).await,
            open(&theirs).await,
            open(&publishable).await,
            open(&publishable).await,
        ];
        let store = place.store().await;
        let name = store.key_by_secret(&revoked).await.unwrap().unwrap().name;
        store.revoke_key(&name).await.unwrap();
        store.close().await;
        let mut made = Vec::new();
        for owner in &owners {
            let accepted = gateway.create(owner, &song()).await;
            let url = completed(&gateway.follow(&accepted.events).await);
            made.push((accepted, url.rsplit('/').next().unwrap().to_owned()));
        }
        let ticket = ticket(&made[0].0).to_owned();
        let worthless = ["nonsense".into(), ticket, revoked, expired].map(Some);
        let described = described(&gateway).await;
        let worthless = [None].into_iter().chain(worthless).collect();
        let _place = place;
        Self { _place, gateway, owners, made, publishable, viewer, admin, worthless, described }
    }

    /// Asks a route about the generation that one of the owners made.
    fn ask(&self, line: &(Method, &str, Rule), which: usize) -> RequestBuilder {
        self.ask_with(line, which, "")
    }

    /// The same, with a query.
    fn ask_with(
        &self,
        (method, path, _): &(Method, &str, Rule),
        which: usize,
        query: &str,
    ) -> RequestBuilder {
        let (accepted, file) = &self.made[which];
        let path = path.replace("{id}", &accepted.id).replace("{name}", file);
        let path = path.replace("{subject}", "nobody").replace("{delivery}", "1");
        let asked = self.gateway.ask(method.clone(), &format!("{path}{query}"));
        let asked = asked.header("origin", PAGE);
        if *method == Method::POST && path.starts_with("/api/generat") {
            asked.json(&json!({"model": "none", "prompt": "x"}))
        } else {
            asked
        }
    }

    /// The status of an answer, which the route must describe.
    async fn status(&self, line: &(Method, &str, Rule), asked: RequestBuilder) -> u16 {
        let status = asked.send().await.unwrap().status().as_u16();
        let (method, path, _) = line;
        let described = &self.described[&(method.to_string(), (*path).to_owned())];
        assert!(described.contains(&status.to_string()), "{method} {path} does not say {status}");
        status
    }
}

fn ticket(accepted: &Accepted) -> &str {
    accepted.events.split_once("?ticket=").unwrap().1
}

async fn described(gateway: &Gateway) -> BTreeMap<(String, String), BTreeSet<String>> {
    let asked = gateway.ask(Method::GET, "/api/openapi.json");
    let document: Value = asked.send().await.unwrap().json().await.unwrap();
    let mut routes = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap().keys().cloned().collect();
            routes.insert((method.to_uppercase(), path.clone()), statuses);
        }
    }
    routes
}

#[tokio::test]
async fn everyone_at_every_route() {
    let world = World::new().await;
    let lines: BTreeSet<_> =
        LINES.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned())).collect();
    assert_eq!(lines, world.described.keys().cloned().collect(), "routes, and lines about them");

    for line in LINES {
        let (method, path, rule) = line;
        let with = |asked: RequestBuilder, token: &Option<String>| match token {
            Some(token) => asked.bearer_auth(token),
            None => asked,
        };
        for nobody in &world.worthless {
            let asked = with(world.ask(line, 0), nobody);
            let expected = match rule {
                Public => 200,
                Refused(status) => *status,
                _ => 401,
            };
            assert_eq!(world.status(line, asked).await, expected, "{method} {path} {nobody:?}");
        }
        // A ticket opens the events of its own generation, and nothing else at all.
        for (which, _) in world.made.iter().enumerate() {
            let query = format!("?ticket={}", ticket(&world.made[0].0));
            let asked = world.ask_with(line, which, &query);
            let expected = match rule {
                Public => 200,
                Refused(status) => *status,
                Ticketed if which == 0 => 200,
                Keyed { .. } | Secret | SecretWith(_) | Owned | Ticketed | Administered { .. } => {
                    401
                }
            };
            assert_eq!(world.status(line, asked).await, expected, "{method} {path} ticket {which}");
        }
        let asked = world.ask(line, 0).bearer_auth(&world.publishable);
        let expected = match rule {
            Public => 200,
            Refused(status) => *status,
            Keyed { publishable, .. } => *publishable,
            Secret | SecretWith(_) | Owned | Ticketed | Administered { .. } => 403,
        };
        assert_eq!(world.status(line, asked).await, expected, "{method} {path} publishable");
        // An administrator's key is no key of a generation.
        for (token, is_admin) in [(&world.viewer, false), (&world.admin, true)] {
            let expected = match rule {
                Public => 200,
                Refused(status) => *status,
                Administered { admin, .. } if is_admin => *admin,
                Administered { viewer, .. } => *viewer,
                Keyed { .. } | Secret | SecretWith(_) | Owned | Ticketed => 401,
            };
            let asked = world.ask(line, 0).bearer_auth(token);
            assert_eq!(world.status(line, asked).await, expected, "{method} {path} {is_admin}");
        }
        for (owner, token) in world.owners.iter().enumerate() {
            for which in 0..world.made.len() {
                let expected = match rule {
                    Public => 200,
                    Refused(status) => *status,
                    Keyed { good, .. } => *good,
                    Secret if token.starts_with("ak_") => 200,
                    SecretWith(status) if token.starts_with("ak_") => *status,
                    Owned | Ticketed if owner == which => 200,
                    Owned | Ticketed => 404,
                    Secret | SecretWith(_) | Administered { .. } => 403,
                };
                let asked = world.ask(line, which).bearer_auth(token);
                let status = world.status(line, asked).await;
                assert_eq!(status, expected, "{method} {path} {owner} asks about {which}");
            }
        }
    }
    let unknown = world.gateway.ask(Method::PUT, "/api/generations").bearer_auth(&world.owners[0]);
    problem(unknown.send().await.unwrap(), 405).await;
    world.gateway.stop().await;
}
