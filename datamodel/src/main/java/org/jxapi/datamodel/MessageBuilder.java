package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes an explicit message of a class. Everything that is not said has the value that most messages have. */
public final class MessageBuilder {
    private final String className;
    private final String name;
    private final Type result;
    private final BuiltInRole role;
    private final Consumer<MessageModel> messages;
    private final List<MessageModel.Param> params = new ArrayList<>();
    private final Map<String, BuiltInRole> keyRoles = new LinkedHashMap<>(0);
    private List<String> errors = List.of();
    private boolean clientCert;
    private boolean session = true;
    private boolean async = true;
    private boolean hidden;
    private boolean poolInternal;
    private boolean secret;
    private boolean deferred;
    private boolean offered = true;

    MessageBuilder(String className, String name, Type result, BuiltInRole role, Consumer<MessageModel> messages) {
        this.className = className;
        this.name = name;
        this.result = result;
        this.role = role;
        this.messages = messages;
        this.clientCert = role == BuiltInRole.READ_ONLY;
    }

    /** The next parameter, which must be given. */
    public MessageBuilder param(String param, Type type) {
        params.add(new MessageModel.Param(param, type, null, false));
        return this;
    }

    /** The next parameter, which may be left out. */
    public MessageBuilder param(String param, Type type, Object defaultValue) {
        params.add(new MessageModel.Param(param, type, defaultValue, false));
        return this;
    }

    /** The next parameter, which must be given and must not be logged. */
    public MessageBuilder secretParam(String param, Type type) {
        params.add(new MessageModel.Param(param, type, null, true));
        return this;
    }

    public MessageBuilder errors(String... codes) {
        errors = List.of(codes);
        return this;
    }

    /** A value of that key of a map needs this role. */
    public MessageBuilder keyRole(String key, BuiltInRole needed) {
        keyRoles.put(key, needed);
        return this;
    }

    /** The internal client-certificate role may call it too. */
    public MessageBuilder clientCert() {
        clientCert = true;
        return this;
    }

    /** The first parameter is no session. */
    public MessageBuilder noSession() {
        session = false;
        return this;
    }

    /** There is no Async variant. */
    public MessageBuilder noAsync() {
        async = false;
        return this;
    }

    public MessageBuilder hidden() {
        hidden = true;
        return this;
    }

    public MessageBuilder poolInternal() {
        poolInternal = true;
        return this;
    }

    /** Its parameters must not be logged. */
    public MessageBuilder secret() {
        secret = true;
        return this;
    }

    /** It waits for something to happen, without a thread meanwhile. */
    public MessageBuilder deferred() {
        deferred = true;
        return this;
    }

    /** jxapi does not implement it. */
    public MessageBuilder notOffered() {
        offered = false;
        return this;
    }

    /** The message, which the class has from now on. */
    public MessageModel build(Lifecycle.State state, String... transitions) {
        MessageModel message = new MessageModel(
                className,
                name,
                MessageModel.Kind.EXPLICIT,
                List.copyOf(params),
                result,
                null,
                role,
                clientCert,
                keyRoles,
                session,
                async,
                hidden,
                poolInternal,
                secret,
                deferred,
                offered,
                errors,
                Lifecycle.of(state, transitions));
        messages.accept(message);
        return message;
    }
}
