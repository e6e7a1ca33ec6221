//! Addresses that an account may have. Stricter than mail itself: two accounts must never look alike, and what is compared must
//! be what is mailed to, or a reset link could be steered to a look-alike address.

use crate::mail::address::{AddressFault, check_addr_spec};

/// The one form of an account's address: lower case, the local part in ASCII, the domain in its ASCII form (UTS 46), so that
/// look-alike letters of other scripts cannot hide in either.
///
/// # Errors
/// Says what is wrong with the address.
pub fn account_address(text: &str) -> Result<String, AddressFault> {
    let (local, domain) = check_addr_spec(text.trim())?;
    if !local.is_ascii() {
        return Err(AddressFault::Local);
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| AddressFault::Domain)?;
    if !domain.contains('.') {
        return Err(AddressFault::Domain);
    }
    let address = format!("{}@{domain}", local.to_ascii_lowercase());
    check_addr_spec(&address)?;
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_and_no_look_alikes() {
        assert_eq!(account_address("  Ana.B@Example.DZ ").unwrap(), "ana.b@example.dz");
        assert_eq!(account_address("a@bücher.de").unwrap(), "a@xn--bcher-kva.de");
        // Full-width letters fold into plain ones: the same account, not a second one.
        assert_eq!(account_address("a@ｅxample.dz").unwrap(), "a@example.dz");
        for look_alike in [
            "аdmin@example.dz",
            "ａdmin@example.dz",
            "mıke@example.dz",
            "admin\u{200b}@example.dz",
        ] {
            assert_eq!(account_address(look_alike), Err(AddressFault::Local), "{look_alike}");
        }
        // A Cyrillic domain is its punycode, never the Latin one it resembles.
        assert_eq!(account_address("a@еxample.com").unwrap(), "a@xn--xample-2of.com");
    }

    #[test]
    fn no_header_can_be_smuggled_in() {
        for bad in [
            "a@b.dz\r\nBcc: x@y.dz",
            "a\n@b.dz",
            "a@b.dz, c@d.dz",
            "<a@b.dz>",
            "a b@c.dz",
            "a@b",
            "a@[127.0.0.1]",
            "@b.dz",
            "a@",
            "",
        ] {
            assert!(account_address(bad).is_err(), "{bad:?}");
        }
    }
}
