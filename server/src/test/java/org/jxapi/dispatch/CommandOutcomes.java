package org.jxapi.dispatch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jxapi.cli.command.AllCommands;
import org.jxapi.cli.command.Command;
import org.jxapi.cli.command.CommandTable;
import org.jxapi.cli.command.Context;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.Printer;
import org.jxapi.cli.thin.Wire;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Store;
import org.jxapi.xenapi.TaskStatusType;
import org.jxapi.xenapi.XenModel;

/**
 * The effects of xe's commands. Each runs against an API that answers everything and records the calls. A command that
 * calls a message which refuses, or does not exist, refuses with that message's error.
 */
final class CommandOutcomes implements Dispatcher {
    /** The values of parameters: commands check the form of some. */
    private static final List<String> VALUES = List.of("x", "1", "true", "a=b");

    private static final long SECONDS = 3;

    private final Store store;
    private final Set<String> served;
    private final Set<String> called = ConcurrentHashMap.newKeySet();

    /** @param served the HTTP paths that work, each behind its method */
    CommandOutcomes(Store store, Set<String> served) {
        this.store = store;
        this.served = served;
    }

    /** All commands of XAPI's table, with what becomes of them. */
    List<Coverage.Item> all() {
        List<Coverage.Item> items = new ArrayList<>();
        CommandTable table = AllCommands.table();
        Set<String> names = new TreeSet<>();
        Refusals.lines("/org/jxapi/cli/xapi-commands.txt").forEach(line -> names.add(line.split("\\|")[0].strip()));
        table.commands().forEach(command -> names.add(command.name()));
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "command");
            thread.setDaemon(true);
            return thread;
        });
        try {
            for (String name : names) {
                items.add(table.find(name)
                        .map(command -> item(threads, command))
                        .orElse(new Coverage.Item(name, Coverage.Outcome.MISSING, null)));
            }
        } finally {
            threads.shutdownNow();
        }
        return items;
    }

    private Coverage.Item item(ExecutorService threads, Command command) {
        called.clear();
        Set<String> errors = new HashSet<>();
        for (String value : VALUES) {
            Future<?> running = threads.submit(() -> run(command, value));
            try {
                running.get(SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof XenApiException error) {
                    errors.add(error.code());
                }
            } catch (TimeoutException e) {
                running.cancel(true);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        boolean generic = command.name().endsWith("-list") || command.name().contains("-param-");
        for (String name : generic ? new TreeSet<String>() : new TreeSet<>(called)) {
            MessageModel message = message(name);
            Coverage.Item item = message == null || message.implicit() ? null : Coverage.item(message);
            if (item != null && item.outcome() == Coverage.Outcome.MISSING) {
                return new Coverage.Item(command.name(), Coverage.Outcome.REFUSES, error(message));
            }
            if (item != null && item.outcome() != Coverage.Outcome.WORKS) {
                return new Coverage.Item(command.name(), item.outcome(), item.error());
            }
        }
        return errors.contains("NOT_IMPLEMENTED")
                ? new Coverage.Item(command.name(), Coverage.Outcome.REFUSES, "NOT_IMPLEMENTED")
                : new Coverage.Item(command.name(), Coverage.Outcome.WORKS, null);
    }

    /** The error of a message that does not exist. */
    private static String error(MessageModel message) {
        if (message.lifecycle().removed()) {
            return "MESSAGE_REMOVED";
        }
        return message.poolInternal() ? "INTERNAL_ERROR" : "NOT_IMPLEMENTED";
    }

    private Object run(Command command, String value) throws IOException {
        List<String> args = new ArrayList<>(List.of(command.name()));
        for (String required : command.required()) {
            args.add(required.endsWith(":") ? required + "x=" + value : required + "=" + value);
        }
        if (!command.required().contains("uuid")) {
            args.add("uuid=x");
        }
        args.add("force=true");
        CommandLine line = CommandLine.parse(args);
        Wire wire = new Wire(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), false);
        Api api = Api.login(store, this, line, Optional.of("OpaqueRef:session"), true, "")
                .toCompletableFuture()
                .join();
        command.run(new Context(
                line,
                api,
                new Printer(wire, false),
                wire,
                (method, path) -> served.contains(method + " " + path),
                (vdi, contents) -> {}));
        return null;
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        if (Thread.interrupted()) {
            throw new IllegalStateException("the time is over");
        }
        String name = request.method().replaceFirst("^(Internal)?Async\\.", "");
        called.add(name);
        MessageModel message = message(name);
        boolean async = !name.equals(request.method());
        Type result = async ? new Type.Reference("task") : message.result();
        return CompletableFuture.completedFuture(new Reply.Success(result, value(result)));
    }

    private static MessageModel message(String name) {
        int dot = name.indexOf('.');
        ClassModel<?> model = dot < 0 ? null : XenModel.get(name.substring(0, dot));
        return model == null ? null : model.message(name.substring(dot + 1));
    }

    /** A value of that type, with as much in it as can be. */
    private static Object value(Type type) {
        if (type == Type.Basic.STRING) {
            return "x";
        }
        if (type == Type.Basic.INT) {
            return 1L;
        }
        if (type == Type.Basic.FLOAT) {
            return 1.0;
        }
        if (type == Type.Basic.BOOL) {
            return false;
        }
        if (type == Type.Basic.DATETIME) {
            return XenTime.NEVER;
        }
        if (type instanceof Type.Enumeration enumeration) {
            return enumeration.name().equals("task_status_type")
                    ? TaskStatusType.SUCCESS
                    : enumeration.values().values().iterator().next();
        }
        if (type instanceof Type.Reference reference) {
            return reference.ref("OpaqueRef:x");
        }
        if (type instanceof Type.SetOf set) {
            return List.of(value(set.element()));
        }
        if (type instanceof Type.MapOf map) {
            return map.value() instanceof Type.Record ? Map.of(value(map.key()), value(map.value())) : Map.of();
        }
        if (type instanceof Type.Record record) {
            return row(XenModel.get(record.className()));
        }
        return null;
    }

    private static <C> Row<C> row(ClassModel<C> model) {
        Object[] values = new Object[model.fields().size()];
        for (Field<C, ?> field : model.fields()) {
            values[field.index()] = field.type() == Type.Basic.STRING ? "x" : field.defaultValue();
        }
        return Row.of(model, values);
    }
}
