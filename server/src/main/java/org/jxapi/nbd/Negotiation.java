package org.jxapi.nbd;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.http.TlsContext;

/**
 * The options by which a client chooses its export. With TLS, nothing but STARTTLS is answered before it. As in XAPI, the
 * exports are not listed.
 */
final class Negotiation {
    /** The longest option: a name and some questions. */
    private static final int LONGEST_OPTION = 16 * 1024;

    private static final int BLOCK = 4096;

    private final Connection connection;
    private final Exports exports;
    private final @Nullable TlsContext tls;
    private boolean secured;
    private boolean zeroes;
    private boolean structured;
    /** The export that the client has chosen the metadata context for; empty for none. */
    private String allocationOf = "";

    /** @param tls what the client has to use; null when it cannot */
    Negotiation(Connection connection, Exports exports, @Nullable TlsContext tls) {
        this.connection = connection;
        this.exports = exports;
        this.tls = tls;
    }

    /**
     * The export that a client has chosen, by EXPORT_NAME or GO.
     *
     * @param infos what it asks about the export
     */
    record Choice(int option, String name, List<Integer> infos) {
        ExportName export() {
            return ExportName.parse(name);
        }
    }

    /** An option that fails, though the connection goes on. */
    private static final class RefusedOption extends Exception {
        private static final long serialVersionUID = 1;

        private final int reply;

        RefusedOption(int reply, String message) {
            super(message);
            this.reply = reply;
        }
    }

    void greet() throws IOException {
        DataOutputStream out = connection.out();
        out.writeLong(Wire.GREETING);
        out.writeLong(Wire.OPTION);
        out.writeShort(Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES);
        out.flush();
        int flags = connection.in().readInt();
        if ((flags & ~(Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES)) != 0) {
            throw new IOException("it wants unknown features of the handshake");
        }
        zeroes = (flags & Wire.NO_ZEROES) == 0;
    }

    /** Answers options until the client has chosen an export; null when it has ended instead. */
    @Nullable
    Choice next() throws IOException {
        while (true) {
            if (connection.in().readLong() != Wire.OPTION) {
                throw new IOException("it sent something that is not an option of NBD");
            }
            int option = connection.in().readInt();
            long length = Integer.toUnsignedLong(connection.in().readInt());
            if (length > LONGEST_OPTION) {
                if (option != Wire.OPT_EXPORT_NAME) {
                    reply(option, Wire.REP_ERR_TOO_BIG, "the option is too long");
                    connection.out().flush();
                }
                throw new IOException("it sent an option of " + length + " bytes");
            }
            byte[] data = new byte[(int) length];
            connection.in().readFully(data);
            try {
                if (option == Wire.OPT_ABORT) {
                    reply(option, Wire.REP_ACK, "");
                    connection.out().flush();
                    return null;
                }
                Choice choice = answer(option, data);
                if (choice != null) {
                    return choice;
                }
            } catch (OptionData.MalformedException e) {
                reply(option, Wire.REP_ERR_INVALID, String.valueOf(e.getMessage()));
            } catch (RefusedOption e) {
                reply(option, e.reply, String.valueOf(e.getMessage()));
            } catch (RefusedExportException e) {
                reply(option, e.reply(), String.valueOf(e.getMessage()));
            }
            connection.out().flush();
        }
    }

    private @Nullable Choice answer(int option, byte[] data)
            throws IOException, OptionData.MalformedException, RefusedOption, RefusedExportException {
        OptionData read = new OptionData(data);
        if (option == Wire.OPT_STARTTLS) {
            read.end();
            startTls();
            return null;
        }
        if (tls != null && !secured) {
            if (option == Wire.OPT_EXPORT_NAME) {
                throw new IOException("it asked for an export without TLS");
            }
            throw new RefusedOption(Wire.REP_ERR_TLS_REQD, "TLS is required");
        }
        switch (option) {
            case Wire.OPT_EXPORT_NAME -> {
                return new Choice(option, new String(data, StandardCharsets.UTF_8), List.of());
            }
            case Wire.OPT_GO -> {
                OptionData.Wanted wanted = read.wanted();
                return new Choice(option, wanted.name(), wanted.infos());
            }
            case Wire.OPT_INFO -> {
                OptionData.Wanted wanted = read.wanted();
                describe(
                        option,
                        wanted.infos(),
                        exports.find(ExportName.parse(wanted.name())).bytes());
            }
            case Wire.OPT_STRUCTURED_REPLY -> {
                read.end();
                structured = true;
                reply(option, Wire.REP_ACK, "");
            }
            case Wire.OPT_LIST_META_CONTEXT, Wire.OPT_SET_META_CONTEXT -> contexts(option, read.contexts());
            case Wire.OPT_LIST ->
                throw new RefusedOption(
                        Wire.REP_ERR_POLICY, "exports are not listed: VDI.get_nbd_info has the name of a disk's");
            default -> throw new RefusedOption(Wire.REP_ERR_UNSUP, "the option is not supported");
        }
        return null;
    }

    private void startTls() throws IOException, RefusedOption {
        if (tls == null) {
            throw new RefusedOption(Wire.REP_ERR_POLICY, "there is no TLS on networks with the purpose insecure_nbd");
        }
        if (secured) {
            throw new RefusedOption(Wire.REP_ERR_INVALID, "TLS is in use already");
        }
        reply(Wire.OPT_STARTTLS, Wire.REP_ACK, "");
        connection.out().flush();
        connection.secure(tls);
        secured = true;
    }

    private void contexts(int option, OptionData.Contexts asked)
            throws IOException, RefusedOption, RefusedExportException {
        boolean sets = option == Wire.OPT_SET_META_CONTEXT;
        if (sets) {
            allocationOf = "";
        }
        if (!structured) {
            throw new RefusedOption(Wire.REP_ERR_INVALID, "structured replies come first");
        }
        exports.find(ExportName.parse(asked.name()));
        List<String> queries = asked.queries();
        boolean all = !sets && (queries.isEmpty() || queries.contains("base:"));
        if (all || queries.contains(Wire.ALLOCATION)) {
            byte[] context = Wire.ALLOCATION.getBytes(StandardCharsets.UTF_8);
            ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + context.length);
            data.putInt(sets ? Wire.ALLOCATION_ID : 0).put(context);
            reply(option, Wire.REP_META_CONTEXT, data.array());
            if (sets) {
                allocationOf = asked.name();
            }
        }
        reply(option, Wire.REP_ACK, "");
    }

    /** The client gets the export that it has chosen: requests follow. */
    void accept(Choice choice, long bytes) throws IOException {
        if (choice.option() == Wire.OPT_EXPORT_NAME) {
            connection.out().writeLong(bytes);
            connection.out().writeShort(flags());
            if (zeroes) {
                connection.out().write(new byte[Wire.ZEROES]);
            }
        } else {
            describe(choice.option(), choice.infos(), bytes);
        }
        connection.out().flush();
    }

    /** The client does not get it, and may choose another one, if it has asked so that it can be told. */
    void refuse(Choice choice, RefusedExportException e) throws IOException {
        if (choice.option() == Wire.OPT_EXPORT_NAME) {
            throw new IOException("it does not get its export: " + e.getMessage(), e);
        }
        reply(choice.option(), e.reply(), String.valueOf(e.getMessage()));
        connection.out().flush();
    }

    boolean structured() {
        return structured;
    }

    /** Whether requests about an export may ask where its holes are. */
    boolean allocation(Choice choice) {
        return structured && !allocationOf.isEmpty() && allocationOf.equals(choice.name());
    }

    private int flags() {
        return Wire.HAS_FLAGS
                | Wire.READ_ONLY
                | Wire.SEND_FLUSH
                | Wire.CAN_MULTI_CONN
                | (structured ? Wire.SEND_DF : 0);
    }

    private void describe(int option, List<Integer> infos, long bytes) throws IOException {
        reply(
                option,
                Wire.REP_INFO,
                ByteBuffer.allocate(12)
                        .putShort((short) Wire.INFO_EXPORT)
                        .putLong(bytes)
                        .putShort((short) flags())
                        .array());
        if (infos.contains(Wire.INFO_BLOCK_SIZE)) {
            reply(
                    option,
                    Wire.REP_INFO,
                    ByteBuffer.allocate(14)
                            .putShort((short) Wire.INFO_BLOCK_SIZE)
                            .putInt(1)
                            .putInt(BLOCK)
                            .putInt(Wire.LONGEST_READ)
                            .array());
        }
        reply(option, Wire.REP_ACK, "");
    }

    private void reply(int option, int type, String text) throws IOException {
        reply(option, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private void reply(int option, int type, byte[] data) throws IOException {
        DataOutputStream out = connection.out();
        out.writeLong(Wire.OPTION_REPLY);
        out.writeInt(option);
        out.writeInt(type);
        out.writeInt(data.length);
        out.write(data);
    }
}
