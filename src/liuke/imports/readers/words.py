"""Header words as firms write them, the surest first. Compared without spaces, case and marks."""

from liuke.imports.readers.mapping import Field


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS: dict[Field, tuple[str, ...]] = {
    Field.CUSTOMER: _words(
        """customerid customercode customernumber customerno custid custno clientid clientcode
        memberid memberno cardno accountid userid buyerid customerkey
        客户编号 客户编码 客户代码 客户号 客户id 客户卡号 会员编号 会员号 会员id 会员卡号 会员卡
        卡号 用户编号 用户id 买家id 顾客编号 顾客号 车主编号
        customer client member buyer account 客户 会员 顾客 用户 买家 车主
        往来单位 往来单位名称 购货单位 购货单位名称 购买方 购买方名称 客户单位 单位名称
        车牌号 车牌 车牌号码 vin 车架号 手机号 手机 手机号码 联系电话 电话 mobile phone
        客户名称 客户姓名 会员姓名 姓名 customername name"""
    ),
    Field.DATE: _words(
        """orderdate invoicedate purchasedate saledate salesdate transactiondate visitdate date
        orderedat occurredat datetime timestamp 日期 下单日期 下单时间 订单日期 订单时间 购买日期
        购买时间 消费日期 消费时间 交易日期 交易时间 成交日期 成交时间 销售日期 销售时间
        付款时间 支付时间 进厂日期 进厂时间 进店日期 进店时间 到店日期 到店时间 结算日期
        结算时间 开单日期 开单时间 工单日期 开票日期 单据日期 业务日期 出库日期 时间 time day
        createdat createtime 创建时间"""
    ),
    Field.AMOUNT: _words(
        """实收 实收金额 实付 实付金额 实付款 应收金额 成交金额 结算金额 消费金额 订单金额 支付金额
        付款金额 交易金额 销售额 销售金额 总金额 金额 合计 合计金额 总价 价税合计 小计
        amount totalamount total ordertotal grandtotal netamount revenue sales salesamount
        linetotal paid sum value"""
    ),
    Field.QUANTITY: _words(
        """quantity qty units count 数量 销售数量 件数 个数 购买数量 商品数量"""
    ),
    Field.PRICE: _words(
        """unitprice price priceeach itemprice 单价 售价 价格 成交价 销售单价 商品单价 含税单价"""
    ),
    Field.ORDER: _words(
        """invoiceno invoice invoicenumber orderid orderno ordernumber order transactionid
        receiptno receipt billno ticketno visitid workorder
        订单号 订单编号 订单id 工单号 工单编号 单号 单据号 单据编号 流水号 小票号 交易号 交易单号
        销售单号 结算单号 发票号 发票号码 编号"""
    ),
    Field.PRODUCT: _words(
        """stockcode sku productid productcode itemcode itemid itemno articleno partno barcode
        商品编号 商品编码 商品代码 产品编号 产品编码 货号 物料编码 配件编码 项目编码 条码 条形码
        product item 商品 产品 货品 项目"""
    ),
    Field.DESCRIPTION: _words(
        """description productname itemname itemdescription 商品名称 产品名称 货品名称 品名
        项目名称 服务项目 维修项目 配件名称 描述 商品描述 规格"""
    ),
    Field.NAME: _words(
        """customername clientname membername fullname 客户名称 客户姓名 会员姓名 会员名称 会员名
        顾客姓名 姓名 车主姓名 买家昵称 买家姓名 收货人 公司名称 name 名称"""
    ),
    Field.PHONE: _words(
        """mobile mobilephone phone phonenumber cellphone telephone tel contactnumber
        手机号 手机 手机号码 电话 电话号码 联系电话 联系手机 联系方式 客户电话 客户手机
        会员手机 车主电话
        收货电话 收货人电话 移动电话"""
    ),
    Field.STATUS: _words(
        """status orderstatus state 状态 订单状态 单据状态 交易状态 支付状态 付款状态 工单状态
        结算状态 退款状态 售后状态 是否作废 作废"""
    ),
}
