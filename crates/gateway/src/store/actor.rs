//! Who changes something. It must not know what is changed.

/// Who changes something, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// An administrator's name, or what acts by itself.
    pub name: String,
    /// A network address, or the way in.
    pub source: String,
}

impl Actor {
    /// The gateway itself.
    pub fn gateway() -> Self {
        Self { name: "gateway".into(), source: "itself".into() }
    }

    /// Whoever uses the command line: the name of the system's user, where it is known.
    pub fn command_line() -> Self {
        let name = std::env::var("USER").ok().filter(|name| !name.is_empty());
        Self { name: name.unwrap_or_else(|| "unknown".into()), source: "command line".into() }
    }
}
