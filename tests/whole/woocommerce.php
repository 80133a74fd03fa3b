<?php
// As much of WordPress and WooCommerce as calls the lines of docs/integrations/woocommerce.md.
//
//   php woocommerce.php FAIRLEAD.PHP
//
// Prints what each way of a checkout notes in the order. A warning of PHP is an error.
error_reporting( E_ALL );
set_error_handler( function ( $number, $text, $file, $line ) {
	throw new ErrorException( $text, 0, $number, $file, $line );
} );

const ARRAY_A = 'ARRAY_A';
$hooks  = array();
$fields = array();

function add_action( $name, $call, $priority = 10, $arguments = 1 ) {
	global $hooks;
	$hooks[ $name ][] = array( $call, $arguments );
}
function call_hooks( $name, ...$words ) {
	global $hooks;
	foreach ( $hooks[ $name ] as list( $call, $arguments ) ) {
		$call( ...array_slice( $words, 0, $arguments ) );
	}
}
function woocommerce_store_api_register_endpoint_data( $what ) {
	global $fields;
	$fields[] = $what['endpoint'];
	$fields[] = $what['namespace'];
	array_push( $fields, ...array_keys( $what['schema_callback']() ) );
}
class Order {
	public $meta = array();
	public function update_meta_data( $key, $value ) {
		$this->meta[ $key ] = $value;
	}
}
function show( $way, $order ) {
	echo $way, ':';
	foreach ( $order->meta as $key => $value ) {
		echo ' ', $key, '=', $value;
	}
	echo "\n";
}
function buy_by_form( $way, $form, $cookies = array() ) {
	$_POST   = $form;
	$_COOKIE = $cookies;
	$order   = new Order();
	call_hooks( 'woocommerce_checkout_create_order', $order, array() );
	show( $way, $order );
}
function buy_by_block( $way, $request, $cookies = array() ) {
	$_POST   = array();
	$_COOKIE = $cookies;
	$order   = new Order();
	call_hooks( 'woocommerce_store_api_checkout_update_order_from_request', $order, $request );
	show( $way, $order );
}

require $argv[1];
$form  = str_repeat( 'f', 36 );
$block = str_repeat( 'b', 36 );
$kept  = array( 'fl_clicks' => str_repeat( 'o', 36 ) . '.' . str_repeat( 'k', 36 ) );
echo 'page: ';
call_hooks( 'wp_head' );
call_hooks( 'woocommerce_blocks_loaded' );
echo "\nblock takes: ", implode( ' ', $fields ), "\n";
buy_by_form( 'form', array( 'fl_click' => $form ) );
buy_by_block( 'block', array( 'extensions' => array( 'fairlead' => array( 'fl_click' => $block ) ) ) );
buy_by_block( 'cookie', array(), $kept );
buy_by_form( 'form before cookie', array( 'fl_click' => $form ), $kept );
buy_by_form( 'nothing', array() );
buy_by_form( 'markup', array( 'fl_click' => '<script>' . $form ) );
buy_by_form( 'list', array( 'fl_click' => array( $form ) ) );
buy_by_form( 'line break', array( 'fl_click' => $form . "\n" ) );
