#!/bin/sh
# Installs the AI-Now gateway with its page, without Rust: downloads the release for this machine, verifies it, and
# installs it in your home folder. It doesn't need root.
#
#   curl -fsSL https://github.com/ai-now/ai-now/releases/latest/download/install.sh | sh
#   curl -fsSL https://github.com/ai-now/ai-now/releases/latest/download/install.sh | sh -s -- --demo
#
# With --demo it starts right away: procedural sketches, without a provider, an account or the internet. Further
# arguments are passed to the gateway: `--demo --listen 127.0.0.1:9000`.
#
# AI_NOW_RELEASE   the address of the release's files
# AI_NOW_HOME      the installation folder (~/.local/share/ai-now)
# AI_NOW_BIN       the folder of the command (~/.local/bin)
set -eu

# Filled in by `cargo xtask release`.
VERSION='@VERSION@'

fail() {
    printf 'ai-now: %s\n' "$1" >&2
    exit 1
}

# The name of this machine's archive.
archive_name() {
    case "$(uname -s)/$(uname -m)" in
        Linux/x86_64 | Linux/amd64) target=x86_64-unknown-linux-gnu ;;
        Linux/aarch64 | Linux/arm64) target=aarch64-unknown-linux-gnu ;;
        Darwin/x86_64) target=x86_64-apple-darwin ;;
        Darwin/arm64) target=aarch64-apple-darwin ;;
        *) fail "there is no release for $(uname -s) on $(uname -m); build it: see the README" ;;
    esac
    printf 'ai-now-%s-%s.tar.gz' "$VERSION" "$target"
}

fetch() {
    curl --fail --silent --show-error --location --connect-timeout 20 --speed-limit 500 --speed-time 30 \
        --output "$2" -- "$1" || fail "$1 can't be fetched"
}

sha256() {
    if command -v sha256sum > /dev/null; then
        sha256sum "$1" | cut -d ' ' -f 1
    else
        shasum -a 256 "$1" | cut -d ' ' -f 1
    fi
}

# Quotes a text as a single shell word.
quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# Installs the command into a folder of the PATH.
# shellcheck disable=SC2016 # What is written is expanded when it runs. It knows where the page is; AI_NOW_WEB still says otherwise.
write_command() {
    mkdir -p "$bin"
    {
        printf '#!/bin/sh\n'
        printf '[ -n "${AI_NOW_WEB-}" ] || AI_NOW_WEB=%s\n' "$(quoted "$place/web")"
        printf 'export AI_NOW_WEB\n'
        # The gateway would take these for its own settings.
        printf 'unset AI_NOW_RELEASE AI_NOW_HOME AI_NOW_BIN\n'
        printf 'exec %s "$@"\n' "$(quoted "$place/bin/ai-now-gateway")"
    } > "$bin/ai-now-gateway.new"
    chmod 755 "$bin/ai-now-gateway.new"
    mv "$bin/ai-now-gateway.new" "$bin/ai-now-gateway"
}

install_release() {
    base=${AI_NOW_RELEASE:-https://github.com/ai-now/ai-now/releases/download/v$VERSION}
    archive=$(archive_name)
    mkdir -p "$home"
    work=$(mktemp -d "$home/install.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    printf 'Fetching %s\n' "$base/$archive"
    fetch "$base/SHA256SUMS" "$work/SHA256SUMS"
    fetch "$base/$archive" "$work/$archive"
    wanted=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/SHA256SUMS")
    [ -n "$wanted" ] || fail "SHA256SUMS does not list $archive"
    [ "$(sha256 "$work/$archive")" = "$wanted" ] || fail "$archive is not what SHA256SUMS says; nothing was installed"
    tar -xzf "$work/$archive" -C "$work"
    unpacked=$work/${archive%.tar.gz}
    [ -x "$unpacked/bin/ai-now-gateway" ] || fail "$archive holds no gateway"
    "$unpacked/bin/ai-now-gateway" --version > /dev/null || fail "the gateway does not run on this machine; build it: see the README"
    # Atomic: the new version is complete or absent.
    rm -rf "$place"
    mv "$unpacked" "$place"
    write_command
    rm -rf "$work"
    trap - EXIT
}

main() {
    demo=no
    case "${1-}" in
        '') ;;
        --demo)
            demo=yes
            shift
            ;;
        *) fail "it takes --demo, and nothing else before it" ;;
    esac
    command -v curl > /dev/null || fail "curl is needed"
    home=${AI_NOW_HOME:-$HOME/.local/share/ai-now}
    bin=${AI_NOW_BIN:-$HOME/.local/bin}
    place=$home/$VERSION
    install_release
    printf 'AI-Now %s is in %s, its command is %s.\n' "$VERSION" "$place" "$bin/ai-now-gateway"
    if [ "$demo" = yes ]; then
        printf 'Starting it. Open the address that it says in your browser; stop it with Ctrl+C.\n'
        exec "$bin/ai-now-gateway" serve --demo --data "$home/data" "$@"
    fi
    case ":$PATH:" in
        *":$bin:"*) ;;
        *) printf 'Put %s on your PATH.\n' "$bin" ;;
    esac
    printf 'Try it:  %s serve --demo --data %s\n' "$bin/ai-now-gateway" "$home/data"
}

# At the very end, so that a truncated download runs nothing.
main "$@"
