import type { TestCertificate } from './certificate.ts';

export interface EapOptions {
  /** Whether the Access-Accept tells the name inside the tunnel: what docs/primaries.md asks of a server. */
  readonly namesInner: boolean;
}

/** EAP-MD5, GTC and MSCHAPv2, bare and inside PEAP and TTLS. */
export function eapModules({ certificate, key }: TestCertificate): string {
  const tunnel = `
      tls = tls-common
      copy_request_to_tunnel = no
      use_tunneled_reply = no
      virtual_server = inner`;
  return `
  mschap {
    use_mppe = yes
    require_encryption = yes
    require_strong = yes
  }
  eap {
    default_eap_type = peap
    timer_expire = 60
    max_sessions = 4096
    tls-config tls-common {
      private_key_file = ${key}
      certificate_file = ${certificate}
      ca_file = ${certificate}
      tls_min_version = "1.2"
      tls_max_version = "1.2"
    }
    md5 {
    }
    gtc {
      auth_type = PAP
    }
    mschapv2 {
    }
    peap {${tunnel}
      default_eap_type = mschapv2
    }
    ttls {${tunnel}
      default_eap_type = md5
    }
  }`;
}

/** The server that sees what is inside the tunnel. */
export function innerServer({ namesInner }: EapOptions): string {
  const tell = 'update outer.session-state {\n      &User-Name := &User-Name\n    }';
  return `
server inner {
  authorize {
    files
    mschap
    eap {
      ok = return
    }
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
  post-auth {
    ${namesInner ? tell : ''}
  }
}`;
}
