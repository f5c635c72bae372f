//! The addresses in a gateway's answers, as the page has to request them. A gateway behind a proxy
//! that serves it under a path (`https://host/tool/`) may not know that path: it then names its own
//! routes from the root of the host. It must not know how addresses are parsed: it gets absolute
//! ones, as browsers serialise them.

/// The prefix of a gateway's own routes, from its root.
const ROUTES: [&str; 2] = ["api/", "media/"];

/// The address of a gateway's own route under the gateway's base address, which ends in `/`. An
/// address that is none of its routes, has another origin or is under the base already, stays as it
/// is.
pub fn below_gateway(address: &str, gateway: &str) -> String {
    let rebased = || {
        let (origin, base) = split(gateway)?;
        let (its_origin, path) = split(address)?;
        let is_route = |path: &str| ROUTES.iter().any(|route| path.starts_with(route));
        let is_below = path.strip_prefix(base).is_some_and(is_route);
        let needs_base = origin == its_origin && !is_below && is_route(path.strip_prefix('/')?);
        needs_base.then(|| [origin, base, &path[1..]].concat())
    };
    rebased().unwrap_or_else(|| address.to_owned())
}

/// The origin of an absolute address, and the rest from its first `/` on.
fn split(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let host_bytes = rest.find('/')?;
    Some(address.split_at(scheme.len() + "://".len() + host_bytes))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn own_routes_lie_below_the_base_and_nothing_else_is_touched() {
        let tool = "https://host.example/tool/";
        let table = [
            // The gateway doesn't know its prefix.
            ("https://host.example/media/a.mp4", tool, "https://host.example/tool/media/a.mp4"),
            (
                "https://host.example/api/generations/g/events?ticket=t",
                tool,
                "https://host.example/tool/api/generations/g/events?ticket=t",
            ),
            (
                "http://host.example:8080/media/a.mp4",
                "http://host.example:8080/a/b/",
                "http://host.example:8080/a/b/media/a.mp4",
            ),
            // It does.
            (
                "https://host.example/tool/media/a.mp4",
                tool,
                "https://host.example/tool/media/a.mp4",
            ),
            // Without a prefix nothing changes.
            (
                "https://host.example/media/a.mp4",
                "https://host.example/",
                "https://host.example/media/a.mp4",
            ),
            // A prefix that is named like a route.
            (
                "https://host.example/media/a.mp4",
                "https://host.example/media/",
                "https://host.example/media/media/a.mp4",
            ),
            (
                "https://host.example/media/media/a.mp4",
                "https://host.example/media/",
                "https://host.example/media/media/a.mp4",
            ),
            (
                "https://host.example/api/generations/g/events",
                "https://host.example/api/",
                "https://host.example/api/api/generations/g/events",
            ),
            // Another origin.
            ("https://cdn.example/media/a.mp4", tool, "https://cdn.example/media/a.mp4"),
            (
                "https://host.example.evil/media/a.mp4",
                tool,
                "https://host.example.evil/media/a.mp4",
            ),
            ("http://host.example/media/a.mp4", tool, "http://host.example/media/a.mp4"),
            // On the same host, and none of its routes.
            ("https://host.example/files/a.mp4", tool, "https://host.example/files/a.mp4"),
            ("https://host.example/mediation", tool, "https://host.example/mediation"),
            ("blob:https://host.example/media/", tool, "blob:https://host.example/media/"),
            ("nothing", tool, "nothing"),
        ];
        for (address, gateway, expected) in table {
            assert_eq!(below_gateway(address, gateway), expected, "{address} at {gateway}");
        }
    }
}
