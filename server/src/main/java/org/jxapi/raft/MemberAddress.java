package org.jxapi.raft;

/** A member, and where others reach it. */
public record MemberAddress(String id, String host, int port) {}
