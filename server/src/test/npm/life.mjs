// Takes a VM through start and stop with Xen Orchestra's client, seeing every change through its event watching.
import { Readable } from 'node:stream'
import { Xapi } from 'xen-api'

const [url, password, transport] = process.argv.slice(2)
let step = 'connecting'
setTimeout(() => {
  console.error('took too long while ' + step)
  process.exit(2)
}, 40e3).unref()

function check(condition, what) {
  if (!condition) {
    throw new Error('expected: ' + what)
  }
}

/** Resolves when the watched copy of the object satisfies the predicate. */
function whenObject(xapi, ref, predicate) {
  return new Promise(resolve => {
    const look = () => {
      const object = xapi.getObjectByRef(ref, undefined)
      if (object !== undefined && predicate(object)) {
        xapi.objects.off('add', look)
        xapi.objects.off('update', look)
        resolve(object)
      }
    }
    xapi.objects.on('add', look)
    xapi.objects.on('update', look)
    look()
  })
}

const xapi = new Xapi({ url, auth: { user: 'root', password }, transport })
await xapi.connect()
await xapi.objectsFetched
check(xapi.pool.$type === 'pool', 'the pool object')
const types = new Set(Object.values(xapi.objects.all).map(object => object.$type))
for (const type of ['host', 'VM', 'SR', 'network', 'PIF', 'PBD', 'VM_metrics', 'host_metrics']) {
  check(types.has(type), 'objects of class ' + type)
}

step = 'cloning'
const template = Object.values(xapi.objects.all).find(object => object.name_label === 'Other install media')
const ref = await xapi.callAsync('VM.clone', template.$ref, 'watched by npm')
await xapi.callAsync('VM.provision', ref)
const seen = []
xapi.objects.on('update', updates => {
  const vm = Object.values(updates).find(object => object?.$ref === ref)
  if (vm !== undefined && vm.power_state !== seen.at(-1)) {
    seen.push(vm.power_state)
  }
})
step = 'starting'
const started = whenObject(xapi, ref, vm => vm.power_state === 'Running')
await xapi.callAsync('VM.start', ref, false, false)
await started

step = 'waiting at the barrier'
await xapi.call('VM.set_name_description', ref, 'behind the barrier')
const behind = await xapi.barrier(ref)
check(behind.name_description === 'behind the barrier', 'the barrier to bring the newest record')
check(behind.$VBDs !== undefined, 'links to other objects')

let refused
try {
  await xapi.call('VM.start', ref, false, false)
} catch (error) {
  refused = error
}
check(refused?.code === 'VM_BAD_POWER_STATE', 'VM_BAD_POWER_STATE, not ' + refused)
check(refused.params[0] === ref, 'the reference in the error')

step = 'stopping'
const halted = whenObject(xapi, ref, vm => vm.power_state === 'Halted')
await xapi.callAsync('VM.hard_shutdown', ref)
await halted
check(seen.includes('Running') && seen.at(-1) === 'Halted', 'Running, then Halted, not ' + seen)
/** A stream of these bytes, which tells its length or not. */
function stream(bytes, length) {
  const readable = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)])
  readable.length = length
  return readable
}

async function bytesOf(response) {
  const chunks = []
  for await (const chunk of response.body) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

step = 'sending a disk'
const contents = Buffer.alloc(3 * 1024 * 1024, 'contents of a disk. ')
const vdi = await xapi.call('VDI.create', {
  name_label: 'disk',
  SR: xapi.pool.default_SR,
  virtual_size: contents.length,
  type: 'user',
  sharable: false,
  read_only: false,
  other_config: {},
})
for (const length of [contents.length, undefined]) {
  await xapi.putResource(stream(contents, length), '/import_raw_vdi/', { query: { format: 'raw', vdi } })
  const sent = await xapi.getResource('/export_raw_vdi/', { query: { format: 'raw', vdi } })
  check((await bytesOf(sent)).equals(contents), 'the disk to hold what was sent')
  await sent.task
}
await xapi.call('VBD.create', {
  VM: ref,
  VDI: vdi,
  userdevice: '0',
  bootable: true,
  mode: 'RW',
  type: 'Disk',
  empty: false,
  other_config: {},
  qos_algorithm_type: '',
  qos_algorithm_params: {},
})
step = 'exporting and importing'
const exported = await xapi.getResource('/export/', { query: { ref, use_compression: 'false' } })
const archive = await bytesOf(exported)
for (const length of [archive.length, undefined]) {
  const [imported] = await xapi.putResource(stream(archive, length), '/import/', {
    query: { sr_id: xapi.pool.default_SR },
  })
  const record = await xapi.call('VM.get_record', imported)
  check(record.name_label === 'watched by npm' && record.VBDs.length === 1, 'the VM to be imported')
  const copy = await xapi.call('VBD.get_VDI', record.VBDs[0])
  const sent = await xapi.getResource('/export_raw_vdi/', { query: { format: 'raw', vdi: copy } })
  check((await bytesOf(sent)).equals(contents), 'the imported disk to hold what was sent')
}

step = 'waiting until the VM is gone'
const gone = new Promise(resolve => {
  xapi.objects.on('remove', removed => behind.$id in removed && resolve())
})
await xapi.call('VM.destroy', ref)
await gone
await xapi.disconnect()
console.log('life: well')
process.exit(0)
