package org.jxapi.transfer;

import java.io.IOException;
import java.time.DateTimeException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.message.Messages;
import org.jxapi.store.Reason;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Message;

/**
 * {@code PUT /messages}: another pool sends the messages about an object that it moves here. {@code cls} and {@code uuid}
 * name the object. Upstream: xapi_message.ml.
 */
public final class MessageTransfers {
    private final Store store;
    private final TransferMemory room = new TransferMemory();

    public MessageTransfers(Store store) {
        this.store = store;
    }

    /** The handler, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "PUT /messages",
                new TransferServer.Action("http/put_messages", "Xapi_message.handler", false, this::receive));
    }

    private String receive(Transfer transfer) {
        String uuid = needed(transfer, "uuid");
        String name = needed(transfer, "cls");
        Cls cls = Messages.cls(name).orElseThrow(() -> Refused.badRequest(Errors.invalidValue("cls", name)));
        if (!Messages.exists(store.snapshot(), cls, uuid)) {
            throw Refused.badRequest(Errors.uuidInvalid(cls.wire(), uuid));
        }
        if (transfer.length() < 0) {
            throw Refused.badRequest(Errors.internalError("Messages need a content-length."));
        }
        try (TransferMemory.Taken taken =
                room.take("a list of messages", transfer.length(), why -> Errors.internalError(why))) {
            int length = (int) transfer.length();
            transfer.answer().ok(Map.of());
            byte[] text = transfer.body().readNBytes(length);
            if (text.length < length) {
                throw failed("only " + text.length + " of " + length + " bytes have come");
            }
            List<MessageReader.Sent> sent = MessageReader.read(text);
            store.change(tx -> sent.forEach(message -> add(tx, message)));
            return "";
        } catch (IllegalArgumentException | DateTimeException e) {
            throw failed(String.valueOf(e.getMessage())).causedBy(e);
        } catch (IOException e) {
            throw failed(Reason.of(e)).causedBy(e);
        }
    }

    private static String needed(Transfer transfer, String name) {
        @Nullable String value = transfer.head().param(name);
        if (value == null) {
            throw Refused.badRequest(Errors.internalError("Messages need the parameter " + name + "."));
        }
        return value;
    }

    private static XenApiException failed(String why) {
        return Errors.internalError("The messages could not be read, and none was added: " + why);
    }

    /** A message that is here already stays as it is. */
    private static void add(Transaction tx, MessageReader.Sent message) {
        boolean here = tx.find(message.ref()).isPresent()
                || tx.byUuid(Message.XEN_CLASS, message.row().get(Message.UUID)).isPresent();
        if (!here) {
            tx.create(message.ref(), message.row());
        }
    }
}
