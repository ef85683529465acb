package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.xenapi.XenModel;

/**
 * The Java SDK of XenServer 6.2, which speaks XML-RPC, against a real daemon. Its classes have the names of those of the
 * SDK of today, so it is loaded from a folder of its own, apart from the class path.
 */
class EarlierJavaSdkTest {
    private static final Path JARS = Path.of("target", "earlier-sdk");
    private static final String PACKAGE = "com.xensource.xenapi.";

    @TempDir
    Path folder;

    private ClassLoader sdk;
    private Object connection;

    @Test
    void itLogsInReadsAllRecordsOfAllItsClassesAndStartsAVm() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder);
                URLClassLoader loader = new URLClassLoader(jars(), ClassLoader.getPlatformClassLoader())) {
            sdk = loader;
            connection = type("Connection").getConstructor(URL.class).newInstance(daemon.http());
            invoke(type("Session"), null, "loginWithPassword", connection, "root", daemon.password(), "1.3");

            List<String> read = new ArrayList<>();
            for (Class<?> type : classes()) {
                if (!offered(type)) {
                    continue;
                }
                read.add(type.getSimpleName());
                Map<?, ?> records = (Map<?, ?>) invoke(type, null, "getAllRecords", connection);
                if (Set.of("Pool", "Host", "VM", "SR", "PIF", "Network", "PBD").contains(type.getSimpleName())) {
                    assertThat(records).as(type.getSimpleName()).isNotEmpty();
                }
                for (Object ref : records.keySet()) {
                    assertThat(invoke(type, ref, "getUuid", connection)).isEqualTo(field(records.get(ref), "uuid"));
                }
            }
            assertThat(read).hasSizeGreaterThan(30).contains("VM", "Task", "PoolPatch", "HostCpu");

            Class<?> vms = type("VM");
            Object template = ((Set<?>) invoke(vms, null, "getByNameLabel", connection, "Other install media"))
                    .iterator()
                    .next();
            Object vm = invoke(vms, template, "createClone", connection, "from 6.2");
            invoke(vms, vm, "provision", connection);
            invoke(vms, vm, "start", connection, false, false);
            assertThat(invoke(vms, vm, "getPowerState", connection)).hasToString("Running");
            Object record = invoke(vms, vm, "getRecord", connection);
            assertThat(field(record, "memoryStaticMax")).isInstanceOf(Long.class);
            assertThat(field(record, "nameLabel")).isEqualTo("from 6.2");
            invoke(vms, vm, "hardShutdown", connection);
            assertThat(invoke(vms, vm, "getPowerState", connection)).hasToString("Halted");
            invoke(type("Session"), null, "logout", connection);
        }
    }

    private static URL[] jars() throws Exception {
        try (Stream<Path> files = Files.list(JARS)) {
            List<URL> urls = new ArrayList<>();
            for (Path jar : files.toList()) {
                urls.add(jar.toUri().toURL());
            }
            return urls.toArray(new URL[0]);
        }
    }

    /** The SDK's classes of objects that can list all records. */
    private List<Class<?>> classes() throws Exception {
        List<Class<?>> classes = new ArrayList<>();
        Path jar;
        try (Stream<Path> files = Files.list(JARS)) {
            jar = files.filter(f -> f.getFileName().toString().startsWith("xen-api-"))
                    .findFirst()
                    .orElseThrow();
        }
        try (JarFile content = new JarFile(jar.toFile())) {
            for (String name : content.stream().map(Object::toString).toList()) {
                if (name.matches("com/xensource/xenapi/[A-Za-z]+\\.class")) {
                    Class<?> type =
                            sdk.loadClass(name.substring(0, name.length() - 6).replace('/', '.'));
                    if (Arrays.stream(type.getMethods())
                            .anyMatch(m -> m.getName().equals("getAllRecords"))) {
                        classes.add(type);
                    }
                }
            }
        }
        return classes;
    }

    /** XAPI has removed three of the classes of that time. */
    private static boolean offered(Class<?> type) {
        return XenModel.CLASSES.stream()
                .filter(c -> c.name().replace("_", "").equalsIgnoreCase(type.getSimpleName()))
                .map(c -> c.message("get_all_records"))
                .allMatch(m -> m.offered() && !m.lifecycle().removed());
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return sdk.loadClass(PACKAGE + name);
    }

    private static Object field(Object record, String name) throws ReflectiveOperationException {
        return record.getClass().getField(name).get(record);
    }

    private static Object invoke(Class<?> type, Object on, String name, Object... args)
            throws ReflectiveOperationException {
        Method method = Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name)
                        && m.getParameterCount() == args.length
                        && Modifier.isStatic(m.getModifiers()) == (on == null))
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(type + "." + name));
        return method.invoke(on, args);
    }
}
