//! The actor of a change: a person or a program. It must not know what is changed.

/// Who changes something, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name of an administrator or of a customer's key, or of a part of the program.
    pub name: String,
    /// A network address, or the interface that was used.
    pub source: String,
}

impl Actor {
    /// The gateway itself.
    pub fn gateway() -> Self {
        Self { name: "gateway".into(), source: "itself".into() }
    }

    /// The user of the command line: the system's user name, where it is known.
    pub fn command_line() -> Self {
        let name = std::env::var("USER").ok().filter(|name| !name.is_empty());
        Self { name: name.unwrap_or_else(|| "unknown".into()), source: "command line".into() }
    }
}
