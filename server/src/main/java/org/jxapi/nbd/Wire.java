package org.jxapi.nbd;

/** The numbers of the NBD protocol that are used, as its proto.md names them. All integers are big-endian. */
final class Wire {
    /** First of the server's greeting: "NBDMAGIC". */
    static final long GREETING = 0x4e42444d41474943L;
    /** Second of the server's greeting, and first of each option: "IHAVEOPT". */
    static final long OPTION = 0x49484156454f5054L;

    static final long OPTION_REPLY = 0x0003e889045565a9L;
    static final int REQUEST = 0x25609513;
    static final int SIMPLE_REPLY = 0x67446698;
    static final int STRUCTURED_REPLY = 0x668e33ef;

    /** Flags of the handshake; the client's mean the same. */
    static final int FIXED_NEWSTYLE = 1;

    static final int NO_ZEROES = 1 << 1;
    /** How many zeros follow the answer to EXPORT_NAME, for clients that have not asked to leave them out. */
    static final int ZEROES = 124;

    static final int OPT_EXPORT_NAME = 1;
    static final int OPT_ABORT = 2;
    static final int OPT_LIST = 3;
    static final int OPT_STARTTLS = 5;
    static final int OPT_INFO = 6;
    static final int OPT_GO = 7;
    static final int OPT_STRUCTURED_REPLY = 8;
    static final int OPT_LIST_META_CONTEXT = 9;
    static final int OPT_SET_META_CONTEXT = 10;

    static final int REP_ACK = 1;
    static final int REP_INFO = 3;
    static final int REP_META_CONTEXT = 4;
    static final int REP_ERR_UNSUP = 0x80000001;
    static final int REP_ERR_POLICY = 0x80000002;
    static final int REP_ERR_INVALID = 0x80000003;
    static final int REP_ERR_TLS_REQD = 0x80000005;
    static final int REP_ERR_UNKNOWN = 0x80000006;
    static final int REP_ERR_TOO_BIG = 0x80000009;

    static final int INFO_EXPORT = 0;
    static final int INFO_BLOCK_SIZE = 3;

    /** Flags of an export. */
    static final int HAS_FLAGS = 1;

    static final int READ_ONLY = 1 << 1;
    static final int SEND_FLUSH = 1 << 2;
    static final int SEND_DF = 1 << 7;
    static final int CAN_MULTI_CONN = 1 << 8;

    static final int CMD_READ = 0;
    static final int CMD_WRITE = 1;
    static final int CMD_DISC = 2;
    static final int CMD_FLUSH = 3;
    static final int CMD_TRIM = 4;
    static final int CMD_WRITE_ZEROES = 6;
    static final int CMD_BLOCK_STATUS = 7;

    /** READ: the answer is one chunk. */
    static final int FLAG_DF = 1 << 2;
    /** BLOCK_STATUS: the answer is one extent. */
    static final int FLAG_REQ_ONE = 1 << 3;

    /** The last chunk of a structured reply. */
    static final int CHUNK_DONE = 1;

    static final int CHUNK_NONE = 0;
    static final int CHUNK_OFFSET_DATA = 1;
    static final int CHUNK_OFFSET_HOLE = 2;
    static final int CHUNK_BLOCK_STATUS = 5;
    static final int CHUNK_ERROR = 0x8001;

    static final int EPERM = 1;
    static final int EIO = 5;
    static final int EINVAL = 22;
    static final int EOVERFLOW = 75;

    /** The metadata context that says where the holes are, and the number that it gets on every connection. */
    static final String ALLOCATION = "base:allocation";

    static final int ALLOCATION_ID = 1;
    static final int STATE_HOLE_AND_ZERO = 3;

    /** The longest string of the protocol, in bytes. */
    static final int LONGEST_STRING = 4096;
    /** The longest read that every client may ask for without asking how long it may be. */
    static final int LONGEST_READ = 32 << 20;

    private Wire() {}
}
