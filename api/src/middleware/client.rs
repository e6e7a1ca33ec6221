//! The caller's own address when a proxy we trust stands between: failed logins are counted for it, audit lines name it.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use crate::state::ApiState;

/// Header in which each proxy appends the address it saw.
pub const FORWARDED: &str = "x-forwarded-for";

/// Address of whoever sent the request first, as far as it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

/// Finds it.
pub async fn layer(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip().to_canonical());
    if let Some(peer) = peer {
        let client = resolve(peer, request.headers(), &state.config.trusted_proxies);
        request.extensions_mut().insert(Client(client));
    }
    next.run(request).await
}

/// Read from the end, names are believed as long as a trusted proxy wrote them. What a caller wrote himself stands at the
/// beginning.
fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines = headers.get_all(FORWARDED).iter().rev();
    let names = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    let mut client = peer;
    for name in names {
        if !is_trusted(&client) {
            break;
        }
        match address(name.trim()) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// Some proxies write the port as well.
fn address(name: &str) -> Option<IpAddr> {
    let plain = name.parse::<IpAddr>().ok();
    let address = plain.or_else(|| Some(name.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, forwarded: &[&'static str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, axum::http::HeaderValue::from_static(line));
        }
        resolve(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(ask("1.2.3.4", &["9.9.9.9"]), "1.2.3.4");
        assert_eq!(ask("10.0.0.1", &["9.9.9.9"]), "9.9.9.9");
        assert_eq!(ask("10.0.0.1", &["6.6.6.6, 9.9.9.9"]), "9.9.9.9");
        assert_eq!(ask("10.0.0.1", &["9.9.9.9, 10.0.0.7"]), "9.9.9.9");
        assert_eq!(ask("10.0.0.1", &["6.6.6.6", "9.9.9.9, 10.0.0.7"]), "9.9.9.9");
        assert_eq!(ask("10.0.0.1", &["6.6.6.6, rubbish"]), "10.0.0.1");
        assert_eq!(ask("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(ask("fd00::1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(ask("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(ask("10.0.0.1", &["9.9.9.9:443, ::ffff:10.0.0.7"]), "9.9.9.9");
    }
}
