package org.jxapi.raft;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * With which certificates members trust each other, in both directions.
 *
 * @param key shows this member's certificate
 * @param trust accepts those of the others
 */
public record MemberTls(KeyManager key, TrustManager trust) {}
