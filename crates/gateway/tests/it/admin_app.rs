//! The administrators' page: where it is served and how, and whether it reads what the gateway answers.

use std::collections::BTreeMap;

use ai_now_gateway::server::Server;
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::{Place, client};

fn with_page(place: &mut Place) {
    let web = place.path("web");
    std::fs::create_dir_all(web.join("admin")).unwrap();
    for (file, text) in [
        ("index.html", "<!doctype html><title>studio</title>"),
        ("admin/index.html", "<!doctype html><title>administration</title>"),
        ("admin/admin.js", "0;"),
    ] {
        std::fs::write(web.join(file), text).unwrap();
    }
    place.config.web = Some(web);
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_page_has_a_strict_policy_and_cannot_be_framed() {
    let mut place = Place::new();
    with_page(&mut place);
    let gateway = place.start().await;
    let get = async |path: &str| gateway.ask(reqwest::Method::GET, path).send().await.unwrap();
    let page = get("/admin/").await;
    assert_eq!(page.status(), 200);
    let policy = header(&page, "content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"));
    assert_eq!(header(&page, "access-control-allow-origin"), "");
    assert_eq!(header(&page, "x-robots-tag"), "noindex");
    assert_eq!(header(&page, "referrer-policy"), "no-referrer");
    assert!(page.text().await.unwrap().contains("administration"));
    let script = get("/admin/admin.js").await;
    assert_eq!(header(&script, "cross-origin-resource-policy"), "same-origin");
    assert_eq!(get("/admin/nothing.js").await.status(), 404);
    // The studio goes on as it was.
    let studio = get("/").await;
    assert_eq!(header(&studio, "access-control-allow-origin"), "*");
    assert!(header(&studio, "content-security-policy").contains("frame-ancestors *"));
}

#[tokio::test]
async fn without_its_slash_it_leads_to_itself_below_any_path() {
    let mut place = Place::new();
    with_page(&mut place);
    let gateway = place.start().await;
    let quiet = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let quiet = quiet.build().unwrap();
    let answer = quiet.get(format!("{}/admin", gateway.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&answer, "location"), "admin/");
}

#[tokio::test]
async fn it_is_on_the_administrators_listener() {
    let mut place = Place::with(|config| config.admin_listen = "127.0.0.1:0".parse().ok());
    with_page(&mut place);
    let server = Server::start(place.config.clone()).await.unwrap();
    let public = format!("http://{}", server.address());
    let private = format!("http://{}", server.admin_address().unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone()));
    let status = async |base: &str, path: &str| {
        client().get(format!("{base}{path}")).send().await.unwrap().status().as_u16()
    };
    for path in ["/admin/", "/admin", "/%61dmin/", "/ADMIN/", "/admin/admin.js"] {
        assert_eq!(status(&public, path).await, 404, "{path}");
    }
    assert_eq!(status(&public, "/").await, 200);
    for (path, expected) in [
        ("/admin/", 200),
        ("/admin/admin.js", 200),
        ("/", 404),
        ("/index.html", 404),
        ("/api/catalog", 404),
        // The media of a generation, by their addresses.
        ("/api/generations/g1/events", 401),
        ("/media/none.mp3", 404),
    ] {
        assert_eq!(status(&private, path).await, expected, "{path}");
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_it_reads_is_what_the_document_says() {
    let gateway = Place::new().start().await;
    let asked = gateway.ask(reqwest::Method::GET, "/api/openapi.json");
    let document: Value = asked.send().await.unwrap().json().await.unwrap();
    for schema in ai_now_admin::answers::all() {
        let described = &document["components"]["schemas"][schema.name];
        assert!(described.is_object(), "no schema {}", schema.name);
        let fields = fields(&document, described);
        for (field, may_be_absent) in schema.fields {
            let required = fields.get(*field);
            assert!(required.is_some(), "{} has no {field}", schema.name);
            let certain = *may_be_absent || required == Some(&true);
            assert!(certain, "{}: {field} may be absent", schema.name);
        }
    }
    let events = document["components"]["schemas"]["AdminEvent"]["oneOf"].as_array().unwrap();
    for (kind, read) in [
        ("now", &["active", "running", "waiting", "providers"][..]),
        ("generation", &["id", "model", "state"]),
    ] {
        let is_it = |event: &&Value| event["properties"]["kind"]["enum"][0] == kind;
        let event = events.iter().find(is_it).unwrap_or_else(|| panic!("no event {kind}"));
        let fields = fields(&document, event);
        for field in read {
            assert_eq!(fields.get(*field), Some(&true), "{kind}: {field}");
        }
    }
}

/// The fields of a schema, those of others that are part of it too, and whether each is always there.
fn fields(document: &Value, schema: &Value) -> BTreeMap<String, bool> {
    if let Some(reference) = schema["$ref"].as_str() {
        let at = reference.trim_start_matches('#');
        return fields(document, document.pointer(at).expect("what is referred to"));
    }
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, _)| (name.clone(), required.iter().any(|known| *known == name)));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| fields(document, part))).collect()
}
